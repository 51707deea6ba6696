"""What the build made, and how its files are found."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from gis.errors import ConfigurationError
from viewer.assets import BUILT, Assets, read_assets

if TYPE_CHECKING:
    from pathlib import Path

BUDGET_BYTES = 150_000
PAGE_SHEETS = ("vendor/leaflet.css", "css/*.css")


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
    named = [*assets.imports.values(), *assets.fonts]
    for entry in assets.entries.values():
        named += [entry.module, *entry.preload]

    assert set(assets.entries) == {"viewer", "embed"}
    assert [name for name in named if assets.find_file(name, "") is None] == []
    assert [name for name in named if name.endswith(".js") and assets.find_file(name, "br")[1] != "br"] == []  # type: ignore[index]


def test_hash_is_that_of_the_import_map(assets: Assets) -> None:
    """The hash in the CSP is the SHA-256 of the import map to the letter."""
    digest = base64.b64encode(hashlib.sha256(assets.import_map.encode()).digest()).decode()

    assert assets.import_map_hash == f"'sha256-{digest}'"
    assert json.loads(assets.import_map)["imports"]["leaflet"] == assets.address("vendor/leaflet.js")
    assert assets.address("js/viewer.js") == f"/gis/static/{assets.release}/js/viewer.js"


@pytest.mark.parametrize("name", ["../manifest.json", "../../routes.py", "js", "nothing.js", ""])
def test_only_files_of_the_release_are_found(assets: Assets, name: str) -> None:
    """Neither folders nor anything outside the release."""
    assert assets.find_file(name, "br, gzip") is None


def test_encodings_are_those_the_browser_takes(assets: Assets) -> None:
    """Brotli before gzip before plain."""
    found = [assets.find_file("js/viewer.js", encodings) for encodings in ("gzip, br", "gzip", "identity")]

    assert [each[1] for each in found if each] == ["br", "gzip", None]


def test_first_load_is_light(assets: Assets) -> None:
    """All modules and style sheets of the viewer together stay under 150 kB gzipped."""
    entry = assets.entries["viewer"]
    names = [entry.module, *entry.preload]
    names += [
        path.relative_to(assets.folder).as_posix() for part in PAGE_SHEETS for path in assets.folder.glob(part)
    ]

    size = sum((assets.folder / f"{name}.gz").stat().st_size for name in names)

    assert size < BUDGET_BYTES


def test_only_one_release_is_kept() -> None:
    """A build leaves nothing of the one before."""
    assert [each.name for each in BUILT.iterdir() if each.is_dir()] == [read_assets("").release]


def test_licences_of_packages_travel_along(assets: Assets) -> None:
    """What others wrote is passed on with its licence."""
    licences = (assets.folder / "vendor/LICENCES.txt").read_text(encoding="utf-8")

    assert all(name in licences for name in ["leaflet", "pbf", "@mapbox/vector-tile", "source-sans-3"])
