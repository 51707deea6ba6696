"""The staging folder: private, under fixed names, gone at the end, and swept when its owner was killed."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.errors import SourceError
from layers.reading.staging import find_format, stage, staging_folder, sweep

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]


def test_a_folder_is_private_and_goes_away(tmp_path: Path) -> None:
    """Nobody else may read it, and nothing stays, also when the work fails."""
    with contextlib.suppress(ZeroDivisionError), staging_folder(tmp_path) as folder:
        mode = folder.stat().st_mode & 0o777
        (folder / "rows.copy").write_bytes(b"x")
        raise ZeroDivisionError

    assert mode == 0o700
    assert not folder.exists()


def test_parts_of_a_shapefile_get_fixed_names(tmp_path: Path) -> None:
    """Siblings are found whatever their case; other files stay where they are."""
    for name in ("Čebelnjaki.SHP", "čebelnjaki.dbf", "ČEBELNJAKI.shx", "Čebelnjaki.qmd", "other.dbf"):
        (tmp_path / name).write_bytes(name.encode())
    folder = tmp_path / "staging"
    folder.mkdir()

    staged = stage(tmp_path / "Čebelnjaki.SHP", "shapefile", folder)

    assert staged.file == "source.shp"
    assert sorted(path.name for path in folder.iterdir()) == ["source.dbf", "source.shp", "source.shx"]


def test_the_hash_is_of_the_file_as_it_came(tmp_path: Path) -> None:
    """sha256sum of the file gives the same."""
    (tmp_path / "a.csv").write_bytes(b"x,y\n1,2\n")
    (tmp_path / "staging").mkdir()

    staged = stage(tmp_path / "a.csv", "csv", tmp_path / "staging")

    assert staged.sha256 == hashlib.sha256(b"x,y\n1,2\n").hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "kind", "reason"),
    [
        ("missing.csv", None, "csv", "There is no file 'missing.csv'"),
        ("empty.gpkg", b"", "geopackage", "is empty"),
        ("a.kml", b"x", "geojson", "does not end in .geojson or .json"),
    ],
)
def test_sources_that_cannot_be_staged(
    tmp_path: Path, name: str, content: bytes | None, kind: str, reason: str
) -> None:
    """A missing, empty or misnamed file is refused by name, without the folder it was looked for in."""
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(SourceError, match=reason) as refusal:
        stage(tmp_path / name, kind, tmp_path)  # type: ignore[arg-type]
    assert str(tmp_path) not in refusal.value.sentence


def test_a_huge_sparse_file_is_refused_by_length(tmp_path: Path) -> None:
    """Five gigabytes of nothing are not copied first."""
    with (tmp_path / "a.gpkg").open("wb") as file:
        file.truncate(5 * 2**30)

    with pytest.raises(SourceError, match="at most"):
        stage(tmp_path / "a.gpkg", "geopackage", tmp_path)


def test_an_open_geopackage_is_refused(tmp_path: Path) -> None:
    """What is still in the write-ahead log of another program would be lost."""
    (tmp_path / "a.gpkg").write_bytes(b"SQLite format 3\x00")
    (tmp_path / "a.gpkg-wal").write_bytes(b"pages")

    with pytest.raises(SourceError, match="still open in another program"):
        stage(tmp_path / "a.gpkg", "geopackage", tmp_path)


def test_sweeping_removes_only_what_was_left(tmp_path: Path) -> None:
    """The folder of a killed program goes, the one of a living program stays."""
    program = (
        "import sys, time; from pathlib import Path; from layers.reading.staging import staging_folder\n"
        f"with staging_folder(Path({str(tmp_path)!r})) as folder: print(folder, flush=True); time.sleep(60)"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ}
    )
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().strip())
    with staging_folder(tmp_path) as alive:
        assert sweep(tmp_path) == 0
        killed.kill()
        killed.wait()
        killed.stdout.close()

        assert sweep(tmp_path) == 1
        assert alive.exists()
    assert not left.exists()


def test_a_folder_that_is_being_made_is_not_swept(tmp_path: Path) -> None:
    """Between making the folder and locking it there is a moment; the sweep waits until it is over."""
    root = tmp_path / "staging"
    (root / "new").mkdir(parents=True)

    with ThreadPoolExecutor(1) as pool, (tmp_path / "staging.lock").open("ab") as common:
        fcntl.flock(common, fcntl.LOCK_SH)
        sweeping = pool.submit(sweep, tmp_path)
        wait([sweeping], timeout=0.3)
        during = (sweeping.done(), (root / "new").exists())
        fcntl.flock(common, fcntl.LOCK_UN)

        assert during == (False, True)
        assert sweeping.result() == 1
        assert not (root / "new").exists()


def test_formats_are_known_by_their_endings(tmp_path: Path, pack: Callable[..., Path]) -> None:
    """inspect takes a path and nothing else."""
    (tmp_path / "a.GeoJSON").write_text("{}")
    (tmp_path / "a.dwg").write_text("x")

    assert find_format(tmp_path / "a.GeoJSON") == "geojson"
    assert find_format(pack(tmp_path / "a.zip", data__gpkg=b"x")) == "geopackage"
    with pytest.raises(SourceError, match=r"'\.dwg' is not one that can be read"):
        find_format(tmp_path / "a.dwg")
