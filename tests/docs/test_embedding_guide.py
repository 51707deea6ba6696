"""The guides for webmasters: tables name the parameters that are taken, and the code is the builder's."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from gis.settings import Settings
from prostor.portal_choice import read_chosen_portal
from viewer.builder import build_frame, parse_choice
from viewer.embedding import PARAMETERS, SOURCE
from viewer.pictures.request import OWN_PARAMETERS
from viewer.wording import read_texts

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
JS = ROOT / "viewer" / "static" / "js" / "state"
PORTAL = "https://karta.example.si"
languages = pytest.mark.parametrize("language", ["sl", "en"])


def tables(language: str) -> list[set[str]]:
    """The names in the first column of each table of the reference."""
    text = (GUIDES / f"embed-parameters.{language}.md").read_text(encoding="utf-8")
    rows = [re.findall(r"^\| (`[^|]+`) \|", part, re.MULTILINE) for part in text.split("\n## ")[1:]]
    return [{name for row in part for name in re.findall(r"`([a-z]+)`", row)} for part in rows]


@languages
def test_the_table_of_the_frame_is_what_is_taken(language: str) -> None:
    """What the server passes on, the scripts of the frame read, and the table names, are the same."""
    scripts = "".join((JS / name).read_text(encoding="utf-8") for name in ("embed-options.js", "permalink.js"))
    read = set(re.findall(r"parameters\.(?:get|getAll|has)\('([a-z]+)'\)", scripts))

    assert tables(language)[0] == set(PARAMETERS)
    assert {"parcel", "address", "bbox", "marker", "text", "controls"} <= read <= set(PARAMETERS)


@languages
def test_the_tables_of_component_and_picture_are_what_is_taken(language: str) -> None:
    """Attributes of the widget's source, and what pictures know beside the frame's parameters."""
    said = re.search(r"^// Attributes: ([a-z, ]+)\.", SOURCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert said is not None

    assert tables(language)[1] == set(said[1].split(", "))
    assert tables(language)[2] == set(OWN_PARAMETERS)


@languages
def test_the_code_of_the_guide_is_the_builders(language: str, tmp_path: Path) -> None:
    """The frame in the guide is what the form writes for that parcel of the sample."""
    guide = (GUIDES / f"embedding.{language}.md").read_text(encoding="utf-8")
    shown = re.search(r"```html\n(.+?)\n```", guide, re.DOTALL)
    portal = read_chosen_portal(Settings(home=tmp_path))
    choice = parse_choice({"theme": "planning", "parcel": "9001 1104/3"}, None, portal, language)

    assert shown is not None
    assert shown[1] == build_frame(choice, portal, PORTAL).html


@languages
def test_the_guide_names_buttons_as_the_page_does(language: str) -> None:
    """What it tells to click is written on the page, and its pictures are there."""
    guide = (GUIDES / f"embedding.{language}.md").read_text(encoding="utf-8")
    texts = read_texts(language)

    for key in ("sharing.open", "sharing.embed", "builder.take_extent"):
        assert f"**{texts[key]}**" in guide
    assert f"*{texts['builder.poster']}*" in unescape(guide)
    for name in re.findall(r"\(\.\./pictures/([^)]+)\)", guide):
        assert (ROOT / "docs" / "pictures" / name).is_file()
