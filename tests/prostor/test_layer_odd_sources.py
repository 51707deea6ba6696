"""`prostor layer inspect` and `import` on sources with odd names, in odd places, with odd letters in them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import fiona
import pytest
import shapely
from shapely.geometry import mapping
from typer.testing import CliRunner

from gis.errors import ProstorError
from prostor.commands.layer import app

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.database

DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON"}


@pytest.fixture
def folder(clerk_portal: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portal's folder, with the settings pointing at it and at a new database."""
    monkeypatch.chdir(clerk_portal)
    return clerk_portal


def run(*words: str | Path) -> Result:
    """What a command answers; a refusal is raised as the command line would show it."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def write_areas(path: Path, *, column: str = "IME", name: str = "Vrh", **options: str) -> Path:
    """Three squares with an ID and a name."""
    schema = {"geometry": "Polygon", "properties": {"ID": "str:20", column: "str:40"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    crs = "EPSG:4326" if path.suffix == ".geojson" else "EPSG:3794"
    with fiona.open(path, "w", driver=DRIVERS[path.suffix], schema=schema, crs=crs, **options) as file:
        for n in range(3):
            shape = shapely.box(502_000 + 50 * n, 135_000, 502_040 + 50 * n, 135_040)
            if path.suffix == ".geojson":
                shape = shapely.box(15.026 + n / 1000, 46.355, 15.0265 + n / 1000, 46.3555)
            file.write({"geometry": mapping(shape), "properties": {"ID": f"A{n}", column: name}})
    return path


def pack(path: Path) -> Path:
    """A ZIP of the parts of a shapefile."""
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return path.with_suffix(".zip")


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson", ".zip"])
def test_any_folder_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    """Letters that mean something in an address are only letters in the names of folders and files."""
    odd = folder / "občina #1 50% a?b=c&d%20;e"
    monkeypatch.setenv("PROSTOR_HOME", str(odd / "home"))
    written = write_areas(odd / f"območja #2?%.{'shp' if ending == '.zip' else ending[1:]}")
    source = pack(written) if ending == ".zip" else written

    looked = run("inspect", source, "--write-manifest", folder / "layers" / "drevesa.toml")
    imported = run("import", "drevesa")

    assert looked.exit_code == 0
    assert ": version 1 is published (3 rows)." in imported.output


def _said(*words: str | Path) -> str:
    with pytest.raises(ProstorError) as caught:
        run(*words)
    return caught.value.sentence
