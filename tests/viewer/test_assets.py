"""What the build made, and how its files are found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gis.errors import ConfigurationError
from viewer.assets import BUILT, Assets, read_assets

if TYPE_CHECKING:
    from pathlib import Path

BUDGET_BYTES = 150_000


@pytest.fixture(scope="module")
def assets() -> Assets:
    """The release that `npm run build` made."""
    return read_assets("/gis")


def test_missing_build_says_what_to_do(tmp_path: Path) -> None:
    """Without a build the error names the command that makes one."""
    with pytest.raises(ConfigurationError, match="npm run build"):
        read_assets("", tmp_path)


def test_everything_named_exists(assets: Assets) -> None:
    """Entries, their preloads, packages and fonts are files of the release, packed for the way."""
    named = [*assets.fonts]
    for entry in assets.entries.values():
        named += [entry.module, *entry.preload, entry.sheet]

    assert set(assets.entries) == {"viewer", "embed", "builder"}
    assert [name for name in named if assets.find_file(name, "") is None] == []
    assert [name for name in named if name.endswith(".js") and assets.find_file(name, "br")[1] != "br"] == []  # type: ignore[index]


def test_a_page_asks_for_few_files_at_once(assets: Assets) -> None:
    """Six connections and no more: script and sheet of a page come together."""
    files = {name: 2 + len(entry.preload) for name, entry in assets.entries.items()}

    assert files["viewer"] <= 12
    assert files["embed"] <= 5
    assert assets.address("js/viewer.js") == f"/gis/static/{assets.release}/js/viewer.js"


def test_what_is_opened_later_comes_later(assets: Assets) -> None:
    """Each tool has a part of its own, which no page loads at once."""
    parts = {name for name in assets.names if re.fullmatch(r"js/part-\w+\.js", name)}
    at_once = {name for entry in assets.entries.values() for name in entry.preload}

    assert at_once < parts
    assert len(parts - at_once) >= 4


@pytest.mark.parametrize("name", ["../manifest.json", "../../routes.py", "js", "nothing.js", ""])
def test_only_files_of_the_release_are_found(assets: Assets, name: str) -> None:
    """Neither folders nor anything outside the release."""
    assert assets.find_file(name, "br, gzip") is None


def test_encodings_are_those_the_browser_takes(assets: Assets) -> None:
    """Brotli before gzip before plain."""
    found = [assets.find_file("js/viewer.js", encodings) for encodings in ("gzip, br", "gzip", "identity")]

    assert [each[1] for each in found if each] == ["br", "gzip", None]


def test_first_load_is_light(assets: Assets) -> None:
    """Script and style of the viewer that load at once stay under 150 kB gzipped."""
    entry = assets.entries["viewer"]
    names = [entry.module, *entry.preload, entry.sheet]

    size = sum((assets.folder / f"{name}.gz").stat().st_size for name in names)

    assert size < BUDGET_BYTES


def test_only_one_release_is_kept() -> None:
    """A build leaves nothing of the one before."""
    assert [each.name for each in BUILT.iterdir() if each.is_dir()] == [read_assets("").release]


def test_licences_of_packages_travel_along(assets: Assets) -> None:
    """What others wrote is passed on with its licence."""
    licences = (assets.folder / "vendor/LICENCES.txt").read_text(encoding="utf-8")

    assert all(name in licences for name in ["leaflet", "pbf", "@mapbox/vector-tile", "source-sans-3"])
