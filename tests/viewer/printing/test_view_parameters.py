"""Parameters of a view, read strictly: what is understood, and which parameter an error names."""

from __future__ import annotations

import pyproj
import pytest

from gis.errors import RequestError
from tests.viewer.conftest import make_portal
from viewer.permalink import Selected, parse_view
from viewer.printing.grid import find_bar, find_step, list_lines, write_coordinate
from viewer.printing.layout import find_layout
from viewer.printing.request import ORIENTATIONS, PAPERS, SCALES, parse_sheet_request

PORTAL = make_portal()
KNOWN = ("zoning", "water")


def test_a_link_of_the_viewer_is_read() -> None:
    """Layers, opacities, selection by id and by parcel numbers, as docs/permalink.md says."""
    given = {
        "lang": "en",
        "theme": "planning",
        "at": "508000.5,136000",
        "on": "water",
        "off": "zoning",
        "opacity": "zoning:0.6,water:1",
        "select": "zoning:a:b/1",
        "parcels": "9001:123/4,124;9002:*5",
        "base": "orthophoto",
    }

    view = parse_view(given, PORTAL, KNOWN)

    assert (view.language, view.theme.id, view.centre, view.base) == (
        "en",
        "planning",
        (508000.5, 136000.0),
        "orthophoto",
    )
    assert view.visible_layers() == ("water", "not-there")
    assert view.opacities == {"zoning": 0.6, "water": 1.0}
    assert view.selected == (
        Selected("zoning", "a:b/1"),
        Selected(None, "9001-123/4"),
        Selected(None, "9001-124"),
        Selected(None, "9002-*5"),
    )


def test_layers_change_places_and_labels() -> None:
    """Those that `order` names among each other; the one it does not name stays."""
    view = parse_view(
        {"order": "water,zoning", "on": "water", "labels": "water", "nolabels": "zoning"}, PORTAL, KNOWN
    )

    assert view.visible_layers() == ("water", "zoning", "not-there")
    assert view.labelled == {"water": True, "zoning": False}


def test_nothing_said_is_the_first_theme_as_it_begins() -> None:
    """In the portal's first language, in the middle of its first view, at 1 : 1000 on A4."""
    asked = parse_sheet_request({}, PORTAL, KNOWN)

    assert asked.view.visible_layers() == ("zoning", "not-there")
    assert (asked.view.language, asked.centre) == ("sl", (505000.0, 135000.0))
    assert (asked.scale, asked.paper, asked.orientation, asked.title) == (1000, "a4", "portrait", "")


def test_a_place_in_degrees_is_the_same_place() -> None:
    """To a centimetre of what pyproj says."""
    east, north = pyproj.Transformer.from_crs(4326, 3794, always_xy=True).transform(15.1, 46.36)

    view = parse_view({"at": "15.1,46.36"}, PORTAL, KNOWN)

    assert view.centre == pytest.approx((east, north), abs=0.01)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("lang", "de"),
        ("theme", "gone"),
        ("at", "here"),
        ("at", "508000"),
        ("at", "1e9,5"),
        ("at", "0.1,0.2"),
        ("at", "90,89"),
        ("on", "gone"),
        ("off", "zoning,,water"),
        ("on", ",".join(["water"] * 101)),
        ("order", "gone"),
        ("labels", "gone"),
        ("opacity", "zoning:2"),
        ("opacity", "zoning"),
        ("opacity", "gone:1"),
        ("opacity", "zoning:nan"),
        ("select", "zoning"),
        ("select", "gone:1"),
        ("select", "zoning:" + "1" * 501),
        ("parcels", "123"),
        ("parcels", "9001:1,,2"),
        ("parcels", "1:" + ",".join(map(str, range(501)))),
        ("base", "gone"),
        ("scale", "499"),
        ("scale", "25001"),
        ("scale", "1:1000"),
        ("scale", "1000.5"),
        ("scale", "١٠٠٠"),
        ("paper", "a0"),
        ("orientation", "up"),
        ("title", "x" * 121),
    ],
)
def test_the_parameter_that_is_wrong_is_named(parameter: str, value: str) -> None:
    """Whatever is malformed or unknown to the portal."""
    with pytest.raises(RequestError) as caught:
        parse_sheet_request({parameter: value}, PORTAL, KNOWN)

    assert caught.value.parameter == parameter


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x0u8.8",
        "l0u8bpc.83hts",
        "l0u8bpc.83hts.1",
        "p0u8bpc.83hts.1.1",
        "a0u8bpc.83hts.1.1",
        "p0zzzzzz.1",
        "pA1.1",
    ],
)
def test_a_drawing_that_is_none_is_refused(code: str) -> None:
    """Other letters, an odd number of numbers, too few or too many points, places far away."""
    with pytest.raises(RequestError) as caught:
        parse_sheet_request({}, PORTAL, KNOWN, [code])

    assert caught.value.parameter == "draw"


def test_grid_and_bar_are_round_at_every_scale() -> None:
    """Crosses stand 35 to 87 mm apart, the bar is at least 21 mm long and fits in its place."""
    for scale in (*SCALES, 1440, 2880, 7777):
        apart, bar = (metres / scale * 1000 for metres in (find_step(scale), find_bar(scale)))

        assert 35 <= apart <= 87.5
        assert 21 <= bar <= 42
    assert list_lines(99.5, 300, 100) == [100, 200, 300]
    assert write_coordinate(507100) == "507\u00a0100"


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_boxes_of_a_sheet_do_not_touch(paper: str, orientation: str) -> None:
    """All lie on the page with its margins, the map takes at least half of it."""
    layout = find_layout(paper, orientation)  # type: ignore[arg-type]
    boxes = (layout.head, layout.figure, layout.key, layout.plate)
    width, height = layout.page

    apart = [
        one.left + one.width <= other.left + 1e-9
        or one.top + one.height <= other.top + 1e-9
        or other.left + other.width <= one.left + 1e-9
        or other.top + other.height <= one.top + 1e-9
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
    ]

    assert all(apart)
    assert all(each.left >= 10 and each.left + each.width <= width - 10 + 1e-9 for each in boxes)
    assert all(each.top >= 10 and each.top + each.height <= height - 10 + 1e-9 for each in boxes)
    assert layout.figure.width * layout.figure.height > width * height / 2
