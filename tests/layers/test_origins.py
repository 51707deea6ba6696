"""Sites that may frame the map, as a clerk writes them into portal.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gis.errors import ConfigurationError
from layers.portal import read_portal

if TYPE_CHECKING:
    from pathlib import Path

PORTAL = """
id = "lipovec"
title = {{ sl = "Lipovec" }}
outline = {{ west = 500000, south = 130000, east = 510000, north = 140000 }}
embedding_origins = [{origins}]
municipality = {{ name = {{ sl = "Lipovec" }}, office = {{ sl = "Urad" }} }}
themes = [{{ id = "vse", title = {{ sl = "Vse" }}, description = {{ sl = "Vse" }}, layers = ["drevesa"] }}]
"""


def read_origins(folder: Path, *origins: str) -> tuple[str, ...]:
    """What the portal understands of these."""
    quoted = ", ".join(f"'{each}'" for each in origins)
    (folder / "portal.toml").write_text(PORTAL.format(origins=quoted), encoding="utf-8")
    return read_portal(folder).embedding_origins


@pytest.mark.parametrize(
    "origins",
    [(), ("*",), ("https://www.obcina.si", "http://localhost:8080", "https://xn--obina-iya.si")],
)
def test_sites_are_read_as_written(tmp_path: Path, origins: tuple[str, ...]) -> None:
    """Nobody, everybody by choice, or sites by name."""
    assert read_origins(tmp_path, *origins) == origins


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("www.obcina.si", "https://www.obcina.si"),
        ("https://www.obcina.si/", "https://www.obcina.si"),
        ("https://www.obcina.si/karta?x=1", "https://www.obcina.si"),
        ("HTTPS://WWW.Obcina.si", "https://www.obcina.si"),
        ("https://www.obcina.si:443", "https://www.obcina.si"),
        ("https://občina.si", "https://xn--obina-iya.si"),
        (" https://www.obcina.si ", "https://www.obcina.si"),
    ],
)
def test_what_would_never_match_is_refused_with_what_is_meant(tmp_path: Path, written: str, meant: str) -> None:
    """The sentence names file, key and what to write."""
    with pytest.raises(ConfigurationError) as refused:
        read_origins(tmp_path, written)

    assert refused.value.sentence.startswith("portal.toml: embedding_origins.0: ")
    assert refused.value.sentence.endswith(f'write "{meant}"')


@pytest.mark.parametrize(
    "written",
    [
        "",
        "null",
        "https://*",
        "https://*.obcina.si",
        "https://a.si https://b.si",
        "https://a.si; script-src *",
        "ftp://a.si",
        "javascript:alert(1)",
        "data:",
        "https://a.si:99999",
        "https://",
        "http://[::1]",
        "\\u0000",
    ],
)
def test_what_is_no_site_is_refused(tmp_path: Path, written: str) -> None:
    """No star inside a name, and nothing that would be another word of the policy."""
    with pytest.raises(ConfigurationError) as refused:
        read_origins(tmp_path, written)

    assert "is not the address of a site" in refused.value.sentence
    assert len(refused.value.sentence) < 300


def test_everybody_stands_alone(tmp_path: Path) -> None:
    """A star among names would open the map by oversight."""
    with pytest.raises(ConfigurationError, match=r'portal\.toml: embedding_origins: with "\*" any site'):
        read_origins(tmp_path, "https://www.obcina.si", "*")
