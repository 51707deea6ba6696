"""What other sites put into their pages: released files, the frame's code, oEmbed, the published schema."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gis.errors import ConfigurationError, NotFoundError, RequestError
from viewer.assets import read_assets
from viewer.embedding import (
    RELEASED,
    SOURCE,
    Frame,
    find_current,
    find_shared,
    fit_size,
    frame_address,
    read_widgets,
)

ROOT = "https://karta.example.si/gis"
JS = Path(__file__).parents[2] / "viewer" / "static" / "js"
GOOD: list[tuple[str, Any]] = [
    ("hello", {}),
    ("set-view", {"lon": 15, "lat": 46}),
    ("set-view", {"bbox": [15, 46, 15.1, 46.1]}),
    ("select-parcel", {"id": None}),
    ("set-layers", {"on": ["a"], "off": []}),
    ("ack", {}),
    ("parcel-selected", {"id": None, "title": "", "link": ""}),
    ("resize", {"height": 400}),
]
BAD: list[tuple[str, Any]] = [
    ("hello", {"more": 1}),
    ("set-view", {"lon": 15, "lat": 46, "mpp": 0}),
    ("set-view", {"lon": "15", "lat": 46}),
    ("set-view", {"bbox": [15, 46, 15.1]}),
    ("select-parcel", {"id": ""}),
    ("select-parcel", {"id": "č" * 61}),
    ("set-layers", {"on": ["A!"]}),
    ("set-layers", []),
    ("constructor", {}),
    ("error", {"code": "gone", "message": "x"}),
]


class _Elements(HTMLParser):
    """The elements in a text: name and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, dict(attrs)))


def test_the_present_widget_is_released_and_small() -> None:
    """Its file is among the releases, under its own hash, with an integrity, under 12 kB compressed."""
    current = find_current(read_widgets())

    assert current.content == SOURCE.read_bytes()
    assert current.integrity.startswith("sha384-")
    assert len(gzip.compress(current.content)) < 12_000
    assert not re.search(rb"^import ", current.content, re.MULTILINE)


def test_a_changed_release_is_refused(tmp_path: Path) -> None:
    """Pages of others name a release by its hash: it is served as it was, or not at all."""
    name = next(RELEASED.glob("*.js")).name
    (tmp_path / name).write_bytes(b"changed")

    with pytest.raises(ConfigurationError, match=name):
        read_widgets(tmp_path)


def test_messages_are_judged_alike_by_schema_and_frame() -> None:
    """The published JSON Schema and the check in the frame say the same of every message."""
    folder = read_assets("").folder / "embed"
    schema = json.loads((folder / "messages.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    messages = [{"prostor": 1, "type": name, "payload": payload} for name, payload in (*GOOD, *BAD)]
    program = f"""
        import {{ RECEIVED, SENT }} from {json.dumps((JS / "base" / "message-schema.js").as_uri())};
        import {{ fits }} from {json.dumps((JS / "base" / "schema-check.js").as_uri())};
        const all = {{ ...RECEIVED, ...SENT }};
        const judged = {json.dumps(messages)}.map(({{ type, payload }}) => Object.hasOwn(all, type)
            && fits(all[type], payload));
        console.log(JSON.stringify(judged));
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", program], capture_output=True, text=True, check=True
    )

    expected = [True] * len(GOOD) + [False] * len(BAD)
    assert [validator.is_valid(message) for message in messages] == expected
    assert json.loads(done.stdout) == expected


def test_another_version_is_no_message() -> None:
    """The number of the protocol stands in every message."""
    folder = read_assets("").folder / "embed"
    validator = jsonschema.Draft202012Validator(json.loads((folder / "messages.schema.json").read_bytes()))

    assert not validator.is_valid({"prostor": 2, "type": "hello", "payload": {}})
    assert not validator.is_valid({"type": "hello", "payload": {}})


def test_types_and_schema_name_the_same_messages() -> None:
    """What TypeScript is told of is what the schema has."""
    folder = read_assets("").folder / "embed"
    schema = json.loads((folder / "messages.schema.json").read_text(encoding="utf-8"))
    types = set(re.findall(r"Message<'([a-z-]+)'", (folder / "messages.d.ts").read_text(encoding="utf-8")))

    assert types == {each["title"] for part in schema["$defs"].values() for each in part["oneOf"]}


def test_a_frame_is_titled_lazy_and_sandboxed() -> None:
    """Hostile titles and addresses stay inside their attributes."""
    hostile = '"><script>alert(1)</script>'
    ((tag, found),) = _Elements(Frame(f"{ROOT}/embed?text={hostile}", hostile, "sl").html).found

    assert tag == "iframe"
    assert found["title"] == hostile
    assert found["loading"] == "lazy"
    assert found["referrerpolicy"] == "strict-origin-when-cross-origin"
    assert found["allow"] == "fullscreen"
    assert "allow-top-navigation" not in str(found["sandbox"])


def test_position_is_allowed_only_where_the_button_is() -> None:
    """A frame may ask where the reader is when its address says `locate`."""
    ((_, found),) = _Elements(Frame(f"{ROOT}/embed?controls=zoom,locate", "Z", "sl").html).found

    assert found["allow"] == "fullscreen; geolocation"


@pytest.mark.parametrize(
    ("shared", "framed"),
    [
        (f"{ROOT}/", f"{ROOT}/embed"),
        (f"{ROOT}/?theme=planning&at=500,600&evil=1", f"{ROOT}/embed?theme=planning&at=500,600"),
        (f"{ROOT}/embed?parcel=9001-1/2", f"{ROOT}/embed?parcel=9001-1/2"),
        (f"{ROOT}/parcels/9001/1104/3?lang=en", f"{ROOT}/embed?lang=en&parcel=9001-1104/3"),
        (f"{ROOT}/parcels/9001/*45,46", f"{ROOT}/embed?parcel=9001-*45"),
    ],
)
def test_what_is_shared_can_be_framed(shared: str, framed: str) -> None:
    """A link to the viewer or to a parcel becomes the frame that shows it."""
    assert frame_address(shared, ROOT) == framed


@pytest.mark.parametrize(
    "shared", ["", "https://karta.example.si.evil.example/gis/", "javascript:alert(1)", "/gis/"]
)
def test_addresses_of_others_are_refused(shared: str) -> None:
    """oEmbed answers for this portal only."""
    with pytest.raises(RequestError):
        frame_address(shared, ROOT)


def test_pages_without_a_map_cannot_be_framed() -> None:
    """The privacy page is no map."""
    with pytest.raises(NotFoundError):
        frame_address(f"{ROOT}/privacy", ROOT)


@pytest.mark.parametrize(("room", "size"), [(None, 800), ("600", 600), ("9999", 800)])
def test_sizes_fit_into_what_there_is(room: str | None, size: int) -> None:
    """The usual size, or less when there is less room."""
    assert fit_size("maxwidth", room, 800) == size


@pytest.mark.parametrize("room", ["1e9", "-5", "", "12"])
def test_senseless_sizes_are_named(room: str) -> None:
    """Whole pixels, and not too few."""
    with pytest.raises(RequestError, match="maxwidth"):
        fit_size("maxwidth", room, 800)


def test_only_known_parameters_are_shared() -> None:
    """The address in a page's head has no more than the grammar of links."""
    shared = find_shared(ROOT, "/", "theme=planning&utm_source=x")

    assert shared is not None
    assert shared.address == f"{ROOT}/?theme=planning"
    assert shared.oembed.startswith(f"{ROOT}/oembed?url=https%3A")
    assert find_shared(ROOT, "/privacy", "") is None
    assert find_shared("", "/", "") is None
