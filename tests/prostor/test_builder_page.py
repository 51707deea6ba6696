"""`/embed/builder` without a browser's scripts: what the form says becomes codes, facts and a preview."""

from __future__ import annotations

import gzip
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from viewer.assets import read_assets
from viewer.builder import CONTROLS, USUAL_CONTROLS
from viewer.embedding import PARAMETERS, find_current, read_widgets

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"


class Elements(HTMLParser):
    """The elements of a text: name, attributes, and the text that follows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self._is_inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self._is_inside = True
        self.found.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        """What follows belongs to nothing."""
        del tag
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        """Belongs to the element before."""
        if self._is_inside:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def by_id(self, name: str) -> tuple[dict[str, str | None], str]:
        """Attributes and text of one element."""
        return next((attributes, text) for _, attributes, text in self.found if attributes.get("id") == name)


def show(client: FlaskClient, **query: Any) -> Elements:
    """The page for a query."""
    answer = client.get("/embed/builder", query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return Elements(answer.get_data(as_text=True))


def send(client: FlaskClient, name: str) -> int:
    """The bytes of a file as it is sent."""
    with client.get(name, headers={"Accept-Encoding": "gzip"}) as answer:
        return len(answer.data)


def code_of(page: Elements, name: str) -> Elements:
    """The elements of one of the codes."""
    return Elements(page.by_id(name)[1])


def test_the_frame_is_the_one_that_oembed_answers(client: FlaskClient) -> None:
    """Code and oEmbed come from one function: the same words for the same address and size."""
    page = show(client, theme="planning", parcel="9001 1104/3", size="own", width="800", height="500")
    frame = code_of(page, "frame").found[0][1]
    answer = client.get("/oembed", query_string={"url": str(frame["src"])}).get_json()

    assert page.by_id("frame")[1] == answer["html"]
    assert frame["src"] == "http://localhost/embed?theme=planning&parcel=9001-1104/3&lang=sl"
    assert page.by_id("preview")[0]["src"] == "/embed?theme=planning&parcel=9001-1104/3&lang=sl"


def test_three_forms_say_the_same(client: FlaskClient) -> None:
    """Frame, component and picture show one theme, its layers, the extent and the marker, with one title."""
    page = show(
        client,
        theme="planning",
        layers_of="planning",
        layer=["parcels", "zoning", "drafts"],
        form="1",
        begin="extent",
        bbox="555000, 142000, 556000, 143000",
        marker="15.72,46.42",
        text="Tu",
        control=["zoom", "locate"],
        title="Načrt",
        speaks="en",
        size="full",
        height="420",
    )
    frame = code_of(page, "frame").found[0][1]
    script, component = (code_of(page, "component").found[place][1] for place in (0, 1))
    link, picture = (code_of(page, "picture").found[place][1] for place in (0, 1))
    current = find_current(read_widgets())

    said = str(frame["src"])
    assert "bbox=555000,142000,556000,143000&marker=15.72,46.42&text=Tu&controls=zoom,locate&lang=en" in said
    assert (frame["width"], frame["height"], frame["lang"]) == ("100%", "420", "en")
    assert script["integrity"] == current.integrity
    assert script["src"] == f"http://localhost/widget/{current.release}.js"
    assert component["bbox"] == "555000,142000,556000,143000"
    assert "-buildings" in str(component["layers"])
    assert (component["controls"], component["lang"], component["height"]) == ("zoom,locate", "en", "420")
    assert link["href"] == said
    assert str(picture["src"]).startswith("http://localhost/static-map.png?theme=planning&")
    assert {frame["title"], component["title"], picture["alt"]} == {"Načrt"}


def test_the_picture_of_the_code_is_there(client: FlaskClient) -> None:
    """What the picture's code names is a PNG of the size it says."""
    page = show(client, theme="cadastre", parcel="9001-1104/3", size="phone", controls="none")
    picture = code_of(page, "picture").found[1][1]
    answer = client.get(str(picture["src"]).removeprefix("http://localhost"))

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert int.from_bytes(answer.data[16:20]) == int(str(picture["width"])) == 360


def test_a_link_to_the_viewer_is_a_beginning(client: FlaskClient) -> None:
    """The selected parcel, or the extent of the view, and layers switched on and off go along."""
    parcel = show(client, theme="planning", select="parcels:9001-1104/3", off="zoning")
    view = show(client, at="556000,142000", mpp="1")

    assert "off=zoning&parcel=9001-1104/3" in parcel.by_id("frame")[1].replace("&amp;", "&")
    assert view.by_id("bbox")[0]["value"] == "555680,141760,556320,142240"
    assert "bbox=555680,141760,556320,142240" in view.by_id("frame")[1]


def test_another_theme_begins_with_its_own_layers(client: FlaskClient) -> None:
    """Boxes of the theme before do not switch off the layers of the next."""
    page = show(client, theme="planning", layers_of="cadastre", layer=["parcels"], form="1")

    assert "off=" not in page.by_id("frame")[1]
    assert "controls=none" in page.by_id("frame")[1]


@pytest.mark.parametrize(
    ("field", "value"), [("parcel", "abc"), ("bbox", "1,2,3"), ("bbox", "5,5,1,1"), ("marker", "tam")]
)
def test_what_cannot_be_read_is_named_and_left_out(client: FlaskClient, field: str, value: str) -> None:
    """The sentence stands beside the field, the field keeps what was typed, the code goes without it."""
    begin = {"parcel": "parcel", "bbox": "extent"}.get(field, "usual")
    page = show(client, begin=begin, text="Tu", **{field: value})

    assert page.by_id(f"{field}-wrong")[1] != ""
    assert page.by_id(field)[0]["value"] == value
    assert f"{field}=" not in page.by_id("frame")[1]
    assert "text=" not in page.by_id("frame")[1]


def test_hostile_texts_stay_in_their_attributes(client: FlaskClient) -> None:
    """Title and marker are text on the page and in every code."""
    page = show(client, title=HOSTILE, marker="15.72,46.42", text=HOSTILE, address=HOSTILE, begin="address")
    names = [tag for tag, attributes, _ in page.found if tag in ("script", "img") and "src" in attributes]
    codes = [code_of(page, name).found for name in ("frame", "component", "picture")]

    assert names == ["script"]
    assert [[tag for tag, _, _ in code] for code in codes] == [
        ["iframe"],
        ["script", "prostor-map", "a"],
        ["a", "img"],
    ]
    assert {codes[0][0][1]["title"], codes[1][1][1]["title"], codes[2][1][1]["alt"]} == {HOSTILE}
    assert codes[1][1][1]["text"] == HOSTILE


def test_weights_are_those_of_the_files(client: FlaskClient) -> None:
    """Kilobytes and requests are what the frame's page names at once, as it is sent."""
    page = show(client)
    frame = client.get("/embed", headers={"Accept-Encoding": "gzip"})
    assets = read_assets("")
    named = [
        str(attributes.get("href") or attributes.get("src"))
        for _, attributes, _ in Elements(gzip.decompress(frame.data).decode()).found
        if attributes.get("rel") in ("preload", "stylesheet", "modulepreload")
        or attributes.get("type") == "module"
    ]
    sent = [send(client, name) for name in named]
    kilobytes = -(-(len(frame.data) + sum(sent)) // 1000)

    assert len(named) == 3 + len(assets.entries["embed"].preload) + len(assets.fonts) - 1
    assert f"{kilobytes} kB" in page.by_id("frame-facts")[1]
    assert f"zahtev: {1 + len(named)}" in page.by_id("frame-facts")[1]


def test_the_page_is_safe_and_keeps_nothing(client: FlaskClient) -> None:
    """A strict policy that frames ourselves only, and no cookie."""
    answer = client.get("/embed/builder?lang=en")
    policy = answer.headers["Content-Security-Policy"]

    assert "frame-src 'self'" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer.headers
    assert "The map on your site" in answer.get_data(as_text=True)


def test_controls_are_those_of_the_frame() -> None:
    """The form offers what the frame knows."""
    source = (read_source("embed-options.js")).replace("'", '"')

    assert f"const CONTROLS = {list(CONTROLS)};".replace("'", '"') in source
    assert f"const USUAL_CONTROLS = {list(USUAL_CONTROLS)};".replace("'", '"') in source
    assert all(
        f'get("{name}")' in source for name in ("parcel", "address", "bbox", "marker", "text", "controls")
    )
    assert "controls" in PARAMETERS


def read_source(name: str) -> str:
    """A module of the state floor."""
    return (Path(__file__).parents[2] / "viewer" / "static" / "js" / "state" / name).read_text(encoding="utf-8")
