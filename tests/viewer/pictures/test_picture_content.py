"""What a picture shows, judged by its pixels: places to a pixel, what is selected, marker, scale bar, foot."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gis import crs
from tests.viewer.pictures.conftest import EAST, NORTH, box, find, pixels
from viewer.pictures.furniture import SELECTED
from viewer.pictures.png import read_texts_of
from viewer.pictures.request import parse_picture_request
from viewer.printing.reading import ReadingLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tiles.conftest import Workshop
    from viewer.pictures.pictures import Picture, Pictures

pytestmark = pytest.mark.database


@pytest.fixture(scope="module", autouse=True)
def _layers(workshop: Workshop) -> None:
    """A blue field of 100 × 60 m with a yellow one of 40 m on it."""
    field = {"default": {"fill": "#0000ff"}}
    workshop.publish("a", [box(100, 60)], style=field, title={"sl": "Njive čebelarjev", "en": "Fields"})
    workshop.publish("b", [box(40, 40)], style={"default": {"fill": "#ffee00"}})


@pytest.mark.parametrize("scale", [1, 2])
def test_what_is_drawn_stands_where_it_is(
    pictures: Pictures, picture: Callable[..., Picture], scale: int
) -> None:
    """To a pixel of the screen, with and without twice the pixels; the picture has the size asked for."""
    made = picture(pictures, scale=str(scale))

    assert pixels(made.content).shape == (300 * scale, 400 * scale, 3)
    assert find(made.content, "#0000ff") == pytest.approx([v * scale for v in (100, 90, 300, 210)], abs=1)
    assert find(made.content, "#ffee00") == pytest.approx([v * scale for v in (160, 110, 240, 190)], abs=1)
    assert made.missing == ()


def test_what_is_selected_is_outlined_and_decides_the_place(
    pictures: Pictures, picture: Callable[..., Picture], workshop: Workshop
) -> None:
    """A red line along its outline; without a place in the link it fills the middle of the picture."""
    given = picture(pictures, select="a:1")
    asked = {"select": "a:1", "width": "400", "height": "300"}
    fitted = pictures.make(
        parse_picture_request(asked, workshop.portal, pictures.known_layers()), asked.items()
    )

    assert find(given.content, SELECTED) == pytest.approx((98, 88, 302, 212), abs=1.5)
    west, north, east, south = find(fitted.content, SELECTED) or (0, 0, 0, 0)
    assert (west + east) / 2 == pytest.approx(200, abs=2)
    assert (north + south) / 2 == pytest.approx(150, abs=2)
    assert east - west == pytest.approx(0.6 * 400, abs=6)


def test_a_marker_stands_at_its_place(pictures: Pictures, picture: Callable[..., Picture]) -> None:
    """In metres and in degrees: the same ring; its words stand beside it."""
    lon, lat = crs.transform(3794, crs.WGS84, EAST + 50, NORTH + 30)
    metres = picture(pictures, marker=f"{EAST + 50},{NORTH + 30}")
    degrees = picture(pictures, marker=f"{lon:.7f},{lat:.7f}")
    told = picture(pictures, marker=f"{EAST + 50},{NORTH + 30}", text="Ščurkova žaga")

    west, north, east, south = find(metres.content, SELECTED) or (0, 0, 0, 0)
    assert ((west + east) / 2, (north + south) / 2) == pytest.approx((300, 90), abs=1)
    assert find(degrees.content, SELECTED) == pytest.approx((west, north, east, south), abs=1)
    changed = np.nonzero((pixels(told.content) != pixels(metres.content)).any(axis=2))
    assert changed[0].max() < 90
    assert changed[1].min() > 200
    assert len(changed[0]) > 300


@pytest.mark.parametrize(("metres_per_pixel", "metres"), [("0.5", 50), ("1.3", 100), ("8", 500)])
def test_the_scale_bar_is_as_long_as_it_says(
    pictures: Pictures, picture: Callable[..., Picture], metres_per_pixel: str, metres: int
) -> None:
    """Black ink at the left edge, to a pixel."""
    made = picture(pictures, mpp=metres_per_pixel, off="a,b")
    ink = np.asarray(Image.open(io.BytesIO(made.content)).convert("L")).astype(int)
    rows = ink[:270, 12 : 12 + int(metres / float(metres_per_pixel)) + 3]
    bar = max(rows, key=lambda row: int((row < 60).sum()))

    length = int(np.nonzero(bar < 60)[0].max()) + 1
    assert length == pytest.approx(metres / float(metres_per_pixel), abs=1)


def test_a_layer_that_is_half_covered_lets_the_ground_through(
    pictures: Pictures, picture: Callable[..., Picture]
) -> None:
    """`opacity` is that of the layer as a whole, as in the viewer."""
    made = picture(pictures, opacity="b:0.5")

    assert pixels(made.content)[150, 200].tolist() == pytest.approx([0x80, 0x77, 0x80], abs=3)


def test_layers_alone_are_those_that_are_named(pictures: Pictures, picture: Callable[..., Picture]) -> None:
    """`layers` switches off what it does not name."""
    made = picture(pictures, layers="b")

    assert find(made.content, "#0000ff") is None
    assert find(made.content, "#ffee00") is not None


def test_whom_to_credit_travels_with_the_picture(pictures: Pictures, picture: Callable[..., Picture]) -> None:
    """The foot is white, its words are ink, and the source is a text of the file."""
    made = picture(pictures)
    from_top_to_bottom = read_texts_of(made.content)["Copyright"]
    foot = pixels(made.content)[-30:]

    assert from_top_to_bottom == "b; a"
    assert (foot == 255).all(axis=2).mean() > 0.6
    assert (foot < 90).all(axis=2).any()


def test_what_cannot_be_read_is_told(
    make_pictures: Callable[..., Pictures], picture: Callable[..., Picture], workshop: Workshop
) -> None:
    """A layer with too much is named on the picture and in its texts, others are drawn, and nothing is kept."""
    workshop.publish("c", [box(2, 2, east=place) for place in range(-80, 80, 4)])
    poor = make_pictures(ReadingLimits(rows=20))
    made = picture(poor)
    again = picture(make_pictures())

    assert made.missing == ("c",)
    assert find(made.content, "#9a1b10", tolerance=60) is not None
    assert find(made.content, "#0000ff") is not None
    assert again.missing == ()
