"""Where styles and sprites are, how long they may be kept, and what is answered when there is none."""

from __future__ import annotations

import io
from typing import Any

import pytest
import shapely
from PIL import Image

from tiles.addresses import StyleAddress, parse_style_path

pytestmark = pytest.mark.database

SQUARE = shapely.box(508001, 135980, 508020, 135999)
HATCHED = {
    "default": {"line": "#000000"},
    "by": "name",
    "classes": [
        {
            "value": "1",
            "title": {"sl": "šrafura", "en": "hatch"},
            "symbol": {"hatch": {"colour": "#aa0000", "spacing": 8}, "line": "#aa0000"},
        }
    ],
}
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT_LIVED = "public, max-age=60, must-revalidate"


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for the tests of this file."""
    return shared_workshop


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/tiles/a/style.json", StyleAddress("a", None)),
        ("/tiles/a@0123456789abcdef/style.json", StyleAddress("a", "0123456789abcdef")),
        ("/tiles/a/sprite.png", StyleAddress("a", None, "png")),
        ("/tiles/a/sprite@2x.json", StyleAddress("a", None, "json", 2)),
    ],
)
def test_style_has_one_spelling(path: str, address: StyleAddress) -> None:
    """An address of a style or sprite is read and written back the same."""
    assert parse_style_path(path) == address
    assert address.path == path


@pytest.mark.parametrize("path", ["/tiles/a/sprite@3x.png", "/tiles/a@1/style.json", "/tiles/a/sprite.svg"])
def test_other_spellings_are_nothing(path: str) -> None:
    """Neither another ratio, nor a short token, nor another format."""
    assert parse_style_path(path) is None


def test_alias_is_short_lived_and_leads_to_what_is_pinned(workshop: Any) -> None:
    """The alias is asked for again after a minute; under its pin the same style may be kept for a year."""
    token = workshop.publish("a", [SQUARE], style=HATCHED)
    alias = workshop.client.get("/tiles/a/style.json")
    pinned_at = alias.json["metadata"]["prostor:pinned"]

    pinned = workshop.client.get(pinned_at)
    again = workshop.client.get(pinned_at, headers={"If-None-Match": pinned.headers["ETag"]})

    assert alias.headers["Cache-Control"] == SHORT_LIVED
    assert pinned.headers["Cache-Control"] == again.headers["Cache-Control"] == IMMUTABLE
    assert (pinned.status_code, again.status_code) == (200, 304)
    assert pinned.json == alias.json
    assert pinned.headers["Content-Type"] == "application/vnd.mapbox.style+json"
    assert pinned.headers["Access-Control-Allow-Origin"] == "*"
    assert alias.json["sources"]["a"]["tiles"] == [
        f"http://localhost/tiles/a@{token}/WebMercatorQuad512/{{z}}/{{x}}/{{y}}.mvt"
    ]


def test_pinned_style_keeps_its_colours(workshop: Any) -> None:
    """After a change of colours the old pin still gives the old ones, and the alias the new ones."""
    workshop.publish("a", [SQUARE], style={"default": {"line": "#111111"}})
    before = workshop.client.get("/tiles/a/style.json").json
    workshop.publish("a", [SQUARE], style={"default": {"line": "#222222"}})

    pinned = workshop.client.get(before["metadata"]["prostor:pinned"])
    now = workshop.client.get("/tiles/a/style.json").json

    assert pinned.headers["Cache-Control"] == IMMUTABLE
    assert pinned.json["layers"][0]["paint"]["line-color"] == "#111111"
    assert now["layers"][0]["paint"]["line-color"] == "#222222"
    assert now["metadata"]["prostor:pinned"] != before["metadata"]["prostor:pinned"]


def test_pinned_theme_keeps_its_members(workshop: Any) -> None:
    """A theme's pin names the versions of all members; the tiles are those of that time."""
    workshop.publish("a", [SQUARE])
    workshop.publish("b", [SQUARE])
    before = workshop.client.get("/tiles/view/style.json").json
    workshop.publish("b", [SQUARE, SQUARE])

    pinned = workshop.client.get(before["metadata"]["prostor:pinned"])
    now = workshop.client.get("/tiles/view/style.json").json

    assert pinned.headers["Cache-Control"] == IMMUTABLE
    assert pinned.json == before
    assert now["sources"]["view"]["tiles"] != before["sources"]["view"]["tiles"]


def test_token_of_tiles_pins_the_data_only(workshop: Any) -> None:
    """A tile's token says nothing of colours, so a style under it must not be kept for a year."""
    token = workshop.publish("a", [SQUARE])

    answer = workshop.client.get(f"/tiles/a@{token}/style.json")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == SHORT_LIVED


def test_sprite_belongs_to_its_style(workshop: Any) -> None:
    """The style names an address to which clients add .json and .png, in both densities, pinned as it is."""
    workshop.publish("a", [SQUARE], style=HATCHED)
    sprite = workshop.client.get("/tiles/a/style.json").json["sprite"]

    index = workshop.client.get(f"{sprite}@2x.json")
    picture = workshop.client.get(f"{sprite}@2x.png")

    (place,) = index.json.values()
    assert place["pixelRatio"] == 2
    assert Image.open(io.BytesIO(picture.data)).size == (place["width"], place["height"])
    assert picture.headers["Content-Type"] == "image/png"
    assert index.headers["Cache-Control"] == picture.headers["Cache-Control"] == IMMUTABLE


def test_head_has_the_headers_and_no_body(workshop: Any) -> None:
    """A client may look first."""
    workshop.publish("a", [SQUARE])

    asked, looked = (getattr(workshop.client, name)("/tiles/a/style.json") for name in ("get", "head"))

    assert looked.data == b""
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length"):
        assert looked.headers[name] == asked.headers[name]


def test_texts_are_in_the_language_asked_for(workshop: Any) -> None:
    """Titles of layers and classes come in one language, official classes say so."""
    workshop.publish("a", [SQUARE], style=HATCHED)

    english = workshop.client.get("/tiles/a/style.json?lang=en").json["metadata"]
    slovenian = workshop.client.get("/tiles/a/style.json").json["metadata"]

    assert english["prostor:layers"][0]["legend"] == [{"value": "1", "title": "hatch", "official": False}]
    assert slovenian["prostor:layers"][0]["legend"][0]["title"] == "šrafura"


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("grid=SI-D96", 404, "MapLibre knows only Web Mercator"),
        ("grid=XX", 404, "There is no grid"),
        ("lang=de", 400, "lang"),
        ("unknown=1", 400, "no such parameter"),
        ("lang=en&lang=sl", 400, "only once"),
        ("grid=WebMercatorQuad", 200, "layers"),
    ],
)
def test_what_is_asked_wrongly_is_told(workshop: Any, query: str, status: int, says: str) -> None:
    """The national grid has no MapLibre style, and a sentence says why."""
    workshop.publish("a", [SQUARE])

    answer = workshop.client.get(f"/tiles/a/style.json?{query}")

    assert (answer.status_code, says in answer.text) == (status, True)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/tiles/nothing/style.json", "/tiles/a@0123456789abcdef/style.json"])
def test_no_such_style_is_404(workshop: Any, path: str) -> None:
    """Neither of a set that is not there, nor under a token nobody gave."""
    workshop.publish("a", [SQUARE])

    assert workshop.client.get(path).status_code == 404


def test_withdrawn_layers_style_is_gone(workshop: Any) -> None:
    """Alias, pin, sprite and the pins of themes it was in answer 410."""
    workshop.publish("c", [SQUARE], style=HATCHED)
    alone = workshop.client.get("/tiles/c/style.json").json
    theme = workshop.client.get("/tiles/view/style.json").json["metadata"]["prostor:pinned"]
    workshop.withdraw("c")

    paths = ["/tiles/c/style.json", alone["metadata"]["prostor:pinned"], f"{alone['sprite']}.png", theme]
    answers = [workshop.client.get(path).status_code for path in paths]

    assert answers == [410] * 4
    assert workshop.client.get("/tiles/view/style.json").status_code == 200
