"""How drawings are kept: in the link, in a file, and never on the server; texts of all kinds stay texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from pyproj import Transformer

from tests.browser.drawing_map import (
    MIDDLE,
    VIEW,
    drawings_in_link,
    open_tool,
    rows,
    settled_address,
    shapes_of,
    type_shape,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]

EAST, NORTH = MIDDLE
TRIANGLE = [(EAST + 0.01, NORTH + 0.99), (EAST + 40.5, NORTH), (EAST + 20.25, NORTH + 30.77)]
HOSTILE = [
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    '"><svg onload=window.hit=1>',
    "javascript:window.hit=1",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "'; DROP TABLE parcels; --",
    "~p0&draw=x&theme=planning#hash",
    "%3Cscript%3Ewindow.hit=1%3C/script%3E",
    "\u202egnirts\u202c \u0000\u0007\u200b",
    "__proto__",
    "](javascript:window.hit=1)<!--",
    "W" * 5000,
]
MOST_LINK_SIGNS = 2000


def test_link_shows_the_same_drawings_elsewhere(open_page: Callable[..., Page]) -> None:
    """Kinds, points to the centimetre, colours and texts come back in a second window, in the frame too."""
    page = open_tool(open_page)
    type_shape(page, "area", TRIANGLE)
    page.fill("#shape-text", "Vrt & sadovnjak ~ 1/2 č")
    page.check("#drawing [name=shape-colour] >> nth=3", force=True)
    type_shape(page, "line", TRIANGLE[:2])
    type_shape(page, "point", TRIANGLE[:1])
    codes, table = drawings_in_link(page), rows(page)
    query = urlsplit(settled_address(page)).query

    second = open_tool(open_page, query)
    frame = open_page(f"/embed?{query}")

    assert drawings_in_link(second) == codes
    assert rows(second) == table
    assert shapes_of(second) == [TRIANGLE, TRIANGLE[:2], TRIANGLE[:1]]
    assert second.locator(".leaflet-drawn-pane path[stroke='#a8186b']").count() == 1
    assert frame.locator(".drawn-text--area span").all_inner_texts()[0] == "Vrt & sadovnjak ~ 1/2 č"
    assert "draw=a3" in str(frame.get_attribute("#full-viewer", "href"))


def test_link_of_drawings_alone_shows_them_whole(open_page: Callable[..., Page]) -> None:
    """The map fits what was drawn; what is no drawing is left out; "back" destroys nothing."""
    page = open_page(f"/?draw=l0{_base36(EAST)}.{_base36(NORTH)}.2s.1e~Pot&draw=nonsense&draw=p0zzzzzzz.1")
    page.wait_for_selector(".drawn-text--line")
    box = page.locator(".leaflet-drawn-pane path >> nth=1").bounding_box()
    assert box is not None
    page.click(".themes__choice >> nth=1")
    open_drawing = page.locator(".stage__tools [aria-label='Meri in riši']")
    open_drawing.click()
    page.click(".drawing__table .tool")
    settled_address(page)
    page.go_back()
    settled_address(page)

    assert box["x"] > 0
    assert page.locator(".leaflet-drawn-pane path").count() == 0


@pytest.mark.parametrize("through", ["link", "file"])
def test_hostile_texts_stay_texts(
    open_page: Callable[..., Page], watch: Watch, tmp_path: Path, through: str
) -> None:
    """On the map, in the table and in the form stands what was written, cut to one line of 80 signs."""
    places = [(EAST - 60 + 10 * at, NORTH) for at in range(len(HOSTILE))]
    if through == "link":
        codes = [
            f"p0{_base36(east)}.{_base36(north)}~{text}"
            for (east, north), text in zip(places, HOSTILE, strict=True)
        ]
        page = open_tool(open_page, f"{VIEW}&" + "&".join(f"draw={quote(code, safe='')}" for code in codes))
    else:
        page = open_tool(open_page)
        page.set_input_files(
            "#drawing-file",
            _file(tmp_path, [_point(*at, text) for at, text in zip(places, HOSTILE, strict=True)]),
        )
        page.wait_for_selector(".drawing__table tbody tr >> nth=11")

    on_map = page.locator(".drawn-text span").all_inner_texts()
    page.click(".drawing__name >> nth=0")

    assert [row[0] for row in rows(page)] == [_tidy(text) for text in HOSTILE]
    assert on_map == [_tidy(text) for text in HOSTILE]
    assert page.input_value("#shape-text") == HOSTILE[0]
    assert page.evaluate("window.hit") is None
    assert page.locator("#map img, #map script, #drawing img, #drawing script").count() == 0
    assert "theme=cadastre" in page.url


def test_file_brings_back_what_it_was_given(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """GeoJSON in longitude and latitude as PROJ has them, with simplestyle, read back to the centimetre."""
    page = open_tool(open_page)
    type_shape(page, "area", TRIANGLE)
    page.fill("#shape-text", "Vrt")
    page.check("#drawing [name=shape-colour] >> nth=2", force=True)
    type_shape(page, "point", TRIANGLE[:1])
    codes = drawings_in_link(page)

    with page.expect_download() as download:
        page.click("text=Shrani v datoteko")
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    page.click("text=Izbriši vse")
    page.set_input_files("#drawing-file", saved)
    page.wait_for_selector(".drawing__table tbody tr")

    area = json.loads(saved.read_text(encoding="utf-8"))["features"][0]
    to_degrees = Transformer.from_crs(3794, 4326, always_xy=True)
    ring = [to_degrees.transform(*corner) for corner in [*TRIANGLE, TRIANGLE[0]]]
    assert saved.name == "risba.geojson"
    assert area["geometry"]["coordinates"][0] == [pytest.approx(corner, abs=2e-9) for corner in ring]
    assert area["properties"]["title"] == "Vrt"
    assert area["properties"]["stroke"] == area["properties"]["fill"] == "#006b4a"
    assert drawings_in_link(page) == codes


def test_file_that_is_no_drawing_is_refused_in_a_sentence(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """What is wrong and with which drawing stands below the button; what was there stays."""
    page = open_tool(open_page)
    type_shape(page, "point", TRIANGLE[:1])
    ring = [[15.7, 46.4], [15.71, 46.4], [15.7, 46.41], [15.7, 46.4]]
    wrong = [
        (
            [{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring, ring]}}],
            "Površina 1 v datoteki ima luknje",
        ),
        (
            [
                _point(EAST, NORTH, ""),
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": [EAST, NORTH]}},
            ],
            "Risba 2 v datoteki nima pravih",
        ),
        ([], "V datoteki ni nobene risbe."),
    ]

    told = []
    for features, _ in wrong:
        page.set_input_files("#drawing-file", _file(tmp_path, features))
        page.wait_for_timeout(150)
        told.append(page.inner_text("#drawing-file-problem"))

    assert [sentence.startswith(start) for sentence, (_, start) in zip(told, wrong, strict=True)] == [True] * 3
    assert len(rows(page)) == 1


def test_nothing_is_sent_and_a_long_drawing_is_not_lost_in_silence(
    open_page: Callable[..., Page], watch: Watch
) -> None:
    """Drawing asks for nothing; what no link can hold is told, and leaving asks first."""
    page = open_tool(open_page)
    begun = len(watch.requests)
    type_shape(page, "line", [(EAST + at % 20, NORTH + at / 7 + at % 3) for at in range(400)])
    type_shape(page, "area", TRIANGLE)
    page.fill("#shape-text", "tega ne ve nihče")
    page.keyboard.press("Tab")
    page.click("text=Razveljavi")
    too_long = page.inner_text("#drawing p.drawing__problem:not([hidden])")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    in_link = drawings_in_link(page)
    page.reload()

    sent = [url for url in watch.requests[begun:] if "/tiles/" not in url and "/static/" not in url]
    assert in_link == []
    assert "Shranite jih v datoteko" in too_long
    assert asked == ["beforeunload"]
    assert [urlsplit(url).path for url in sent] == ["/"]
    assert not any("draw=" in url or "nih" in url for url in watch.requests[begun:])


def test_link_stays_short(open_page: Callable[..., Page]) -> None:
    """As long as drawings stand in the link, they take no more than 2,000 signs of it."""
    page = open_tool(open_page)

    lengths = []
    for more in range(3):
        type_shape(page, "line", [(EAST + at % 20, NORTH + at / 7 + more) for at in range(180)])
        lengths.append(len(urlsplit(settled_address(page)).query.partition("&draw=")[2]))

    assert 0 < lengths[0] <= MOST_LINK_SIGNS
    assert max(lengths) <= MOST_LINK_SIGNS
    assert lengths[1] > lengths[0]
    assert lengths[-1] == 0


def _file(folder: Path, features: list[dict[str, Any]]) -> Path:
    """A GeoJSON file of these features."""
    path = folder / "opened.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def _point(east: float, north: float, title: str) -> dict[str, Any]:
    """A point feature in longitude and latitude."""
    position = Transformer.from_crs(3794, 4326, always_xy=True).transform(east, north)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": position},
        "properties": {"title": title},
    }


def _base36(metres: float) -> str:
    """Centimetres to the base of 36."""
    digits, left = "", round(metres * 100)
    while left:
        left, last = divmod(left, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[last] + digits
    return digits


def _tidy(text: str) -> str:
    """What remains of a text: one line without invisible signs, 80 at most."""
    visible = "".join(" " if ord(sign) < 32 or sign in "\u202e\u202c\u200b" else sign for sign in text)
    return " ".join(visible.split())[:80]
