"""Pictures of published layers: which features are drawn, in which order, and what is said of the others."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from PIL import Image

from gis.errors import GoneError
from gis.workers import WorkerLimits
from tiles.rendering.features import read_drawn_layer
from tiles.rendering.frames import screen_frame
from tiles.rendering.service import MapPainter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tiles.conftest import Workshop

pytestmark = pytest.mark.database

CENTRE = (508_000.0, 136_000.0)
FRAME = screen_frame(CENTRE, (200, 200), 0.5, 3794)


@pytest.fixture
def painter(shared_workshop: Workshop) -> Iterator[MapPainter]:
    """What draws for the workshop's layers."""
    made = MapPainter(shared_workshop.database, WorkerLimits(seconds=60))
    yield made
    made.close()


def square(size: float, *, east: float = 0.0) -> shapely.Polygon:
    """A square around a place so far east of the centre."""
    x, y = CENTRE[0] + east, CENTRE[1]
    return shapely.box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)


def pixel(picture: bytes, x: int, y: int) -> tuple[int, ...]:
    """Its colour."""
    return tuple(np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))[y, x].tolist())


def test_layers_lie_on_each_other_by_their_order(shared_workshop: Workshop, painter: MapPainter) -> None:
    """Whatever order they are named in; what lies above them comes last."""
    shared_workshop.publish("a", [square(60)], style={"default": {"fill": "#ff0000"}, "order": 10})
    shared_workshop.publish("b", [square(30)], style={"default": {"fill": "#0000ff"}, "order": 20})
    top, below = (shared_workshop.catalogue.find(name) for name in ("b", "a"))

    picture = painter.draw([top, below], FRAME, "png")

    assert pixel(picture.content, 100, 100) == (0, 0, 255)
    assert pixel(picture.content, 60, 100) == pixel(picture.content, 150, 100) == (255, 0, 0)
    assert picture.cut == ()


def test_classes_and_labels_come_from_the_columns(shared_workshop: Workshop) -> None:
    """A number is a class as its digits; a label has the width that is free for it."""
    classes = [{"value": "7", "title": {"sl": "sedem"}, "symbol": {"fill": "#00ff00"}}]
    style: dict[str, Any] = {"default": {"line": "#000000"}, "by": "code", "classes": classes}
    style["label"] = {"column": "name"}
    values = [{"name": "ena", "code": 1}, {"name": "šest", "code": 7}, {"name": "o", "code": 3}]
    shared_workshop.publish(
        "c", [square(10), square(20), square(30)], values=values, width=8.5, style=style, key=["code"]
    )

    drawn = read_drawn_layer(shared_workshop.database, shared_workshop.catalogue.find("c"), FRAME)

    assert drawn is not None
    assert list(drawn.places) == [0, 1, 0]
    assert [(label.text, label.room) for label in drawn.labels] == [("o", 8.5), ("šest", 8.5), ("ena", 8.5)]


def test_only_what_the_frame_shows_is_read(shared_workshop: Workshop) -> None:
    """Features outside are not, unless their line reaches in; of too many, the largest stay."""
    shapes = [square(10), square(20), square(10, east=500), square(10, east=57)]
    shared_workshop.publish("d", shapes, style={"default": {"line": "#000000", "line_width": 12}})
    layer = shared_workshop.catalogue.find("d")

    drawn, cut = (read_drawn_layer(shared_workshop.database, layer, FRAME, most=most) for most in (10, 2))

    assert drawn is not None
    assert cut is not None
    assert (len(drawn.shapes), drawn.is_cut) == (3, False)
    assert (len(cut.shapes), cut.is_cut) == (2, True)
    assert shapely.from_wkb(cut.shapes[0]).area == pytest.approx(400)


def test_a_layer_is_not_drawn_outside_its_scales(shared_workshop: Workshop) -> None:
    """The same scale range as on the screen, and labels from the same scale on."""
    style = {"default": {"line": "#000000"}, "scale": {"max": 1.0}, "label": {"column": "name"}}
    shared_workshop.publish("e", [square(10)], style=style)
    layer = shared_workshop.catalogue.find("e")
    far, near, close = (screen_frame(CENTRE, (200, 200), metres, 3794) for metres in (1.2, 0.8, 0.5))

    drawn = [read_drawn_layer(shared_workshop.database, layer, frame) for frame in (far, near, close)]

    assert drawn[0] is None
    assert [len(each.labels) for each in drawn[1:] if each] == [0, 1]


def test_a_withdrawn_version_is_gone(shared_workshop: Workshop, painter: MapPainter) -> None:
    """Whoever still holds it is told so."""
    shared_workshop.publish("f", [square(10)])
    layer = shared_workshop.catalogue.find("f")
    shared_workshop.withdraw("f")

    with pytest.raises(GoneError):
        painter.draw([layer], FRAME, "png")
