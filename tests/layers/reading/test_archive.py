"""ZIP files nobody has checked: what is dangerous is refused before anything is written."""

from __future__ import annotations

import stat
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from gis.errors import SourceError
from layers.reading.archive import extract, find_packed_format

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARTS = {f"source.{ending}": b"bytes" for ending in ("shp", "shx", "dbf", "prj", "cpg")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to unpack into."""
    made = tmp_path / "unpacked"
    made.mkdir()
    return made


def zip_of(path: Path, entries: dict[str, bytes]) -> Path:
    """A ZIP with these names and contents."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_odd_names_become_fixed_ones(tmp_path: Path, folder: Path) -> None:
    """Folders, spaces, č š ž and capitals are accepted; extras are left aside and listed."""
    archive = zip_of(
        tmp_path / "a.zip",
        {
            "Mapa občine/Parcele 2026 čšž.SHP": b"1",
            "Mapa občine/Parcele 2026 čšž.Dbf": b"2",
            "Mapa občine/Parcele 2026 čšž.shx": b"3",
            "Mapa občine/Parcele 2026 čšž.shp.xml": b"4",
            "__MACOSX/._Parcele.shp": b"5",
            "Thumbs.db": b"6",
        },
    )

    main, left_aside = extract(archive, "shapefile", folder, "a.zip")

    assert main == folder / "source.shp"
    assert sorted(path.name for path in folder.iterdir()) == ["source.dbf", "source.shp", "source.shx"]
    assert len(left_aside) == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../source.shp", "leads outside"),
        ("/etc/source.shp", "leads outside"),
        ("a\\..\\source.shp", "leads outside"),
        ("C:source.shp", "leads outside"),
        ("inner.zip", "another archive"),
        ("inner.tar.gz", "another archive"),
    ],
)
def test_dangerous_names_are_refused(tmp_path: Path, folder: Path, name: str, reason: str) -> None:
    """A name that leads outside, or another archive inside: nothing is unpacked."""
    archive = zip_of(tmp_path / "a.zip", {**PARTS, name: b"x"})

    with pytest.raises(SourceError, match=reason):
        extract(archive, "shapefile", folder, "a.zip")
    assert list(folder.iterdir()) == []


def test_links_are_refused(tmp_path: Path, folder: Path) -> None:
    """A symbolic link could name any file of the server."""
    info = zipfile.ZipInfo("source.shp")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")

    with pytest.raises(SourceError, match="holds a link"):
        extract(tmp_path / "a.zip", "shapefile", folder, "a.zip")


def test_encrypted_files_are_refused(tmp_path: Path, folder: Path) -> None:
    """The flag in the directory is enough; no password is asked for."""
    content = bytearray(zip_of(tmp_path / "a.zip", PARTS).read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)

    with pytest.raises(SourceError, match="encrypted"):
        extract(tmp_path / "a.zip", "shapefile", folder, "a.zip")


def test_two_files_of_one_name_are_refused(tmp_path: Path, folder: Path) -> None:
    """Programs disagree on which one counts."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("source.shp", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("source.shp", b"2")

    with pytest.raises(SourceError, match="two files called"):
        extract(tmp_path / "a.zip", "shapefile", folder, "a.zip")


def test_two_datasets_are_both_named(tmp_path: Path, folder: Path) -> None:
    """Which of them is meant is not guessed."""
    archive = zip_of(tmp_path / "a.zip", {**PARTS, "streets.shp": b"x"})

    with pytest.raises(SourceError, match=r"2 datasets \(source.shp, streets.shp\)"):
        extract(archive, "shapefile", folder, "a.zip")


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, folder: Path) -> None:
    """50 MB of zeros in 50 kB: counted bytes stop it, whatever the directory says."""
    archive = zip_of(tmp_path / "a.zip", {**PARTS, "source.shp": bytes(50 * 2**20)})

    with pytest.raises(SourceError, match="grows beyond"):
        extract(archive, "shapefile", folder, "a.zip")
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 12 * 2**20


def test_a_lying_size_is_found(tmp_path: Path, folder: Path) -> None:
    """A directory that states a smaller size than there is ends in a refusal."""
    content = bytearray(zip_of(tmp_path / "a.zip", {**PARTS, "source.shp": b"x" * 5000}).read_bytes())
    place = content.index(b"source.shp", content.index(b"PK\x01\x02")) - 46
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    (tmp_path / "a.zip").write_bytes(content)

    with pytest.raises(SourceError, match=r"says two things about the file 'source\.shp'"):
        extract(tmp_path / "a.zip", "shapefile", folder, "a.zip")


def test_damage_is_found_by_checksum(tmp_path: Path, folder: Path) -> None:
    """One flipped byte, or a file cut short, is no whole ZIP."""
    whole = zip_of(tmp_path / "a.zip", {**PARTS, "source.shp": bytes(range(256)) * 100}).read_bytes()
    flipped = bytearray(whole)
    flipped[whole.index(b"source.shp") + 60] ^= 0xFF
    for number, content in enumerate((bytes(flipped), whole[: len(whole) // 2])):
        (tmp_path / f"{number}.zip").write_bytes(content)

        with pytest.raises(SourceError, match="not a whole ZIP"):
            extract(tmp_path / f"{number}.zip", "shapefile", folder, f"{number}.zip")


def test_names_in_no_encoding_are_refused(tmp_path: Path, folder: Path) -> None:
    """A name that calls itself UTF-8 and is not, in the directory or before the file's bytes."""
    whole = zip_of(tmp_path / "a.zip", {"česen.shp": b"x"}).read_bytes()
    begins = whole.index("č".encode())
    in_both = whole.replace("č".encode(), b"\xff\xfe")
    before_the_bytes = whole[:begins] + b"\xff\xfe" + whole[begins + 2 :]
    (tmp_path / "a.zip").write_bytes(in_both)
    (tmp_path / "b.zip").write_bytes(before_the_bytes)

    for name in ("a.zip", "b.zip"):
        with pytest.raises(SourceError, match=r"not a whole ZIP|says two things"):
            extract(tmp_path / name, "shapefile", folder, name)
    with pytest.raises(SourceError, match="not a whole ZIP"):
        find_packed_format(tmp_path / "a.zip", "a.zip")


@pytest.mark.parametrize(
    ("start", "name"), [(b"7z\xbc\xaf\x27\x1c", "7z archive"), (b"Rar!\x1a\x07\x00", "RAR archive")]
)
def test_other_archives_are_called_by_name(tmp_path: Path, folder: Path, start: bytes, name: str) -> None:
    """A 7z that somebody renamed to .zip is said to be a 7z."""
    (tmp_path / "a.zip").write_bytes(start + bytes(200))

    with pytest.raises(SourceError, match=f"is a {name}, not a whole ZIP"):
        extract(tmp_path / "a.zip", "shapefile", folder, "a.zip")


def test_too_many_files_are_refused(tmp_path: Path, folder: Path) -> None:
    """A directory of thousands of entries is no dataset."""
    archive = zip_of(tmp_path / "a.zip", {f"{number}.txt": b"" for number in range(300)})

    with pytest.raises(SourceError, match="at most 256"):
        extract(archive, "shapefile", folder, "a.zip")


def test_the_format_in_a_zip_is_recognised(tmp_path: Path, pack: Callable[..., Path]) -> None:
    """inspect needs no manifest to know what a ZIP holds."""
    assert find_packed_format(zip_of(tmp_path / "a.zip", PARTS), "a.zip") == "shapefile"
    assert find_packed_format(pack(tmp_path / "b.zip", data__csv=b"a,b"), "b.zip") == "csv"
    with pytest.raises(SourceError, match="several kinds"):
        find_packed_format(zip_of(tmp_path / "c.zip", {**PARTS, "a.gpkg": b""}), "c.zip")


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_a_geopackage_packed_while_it_was_open_is_refused(tmp_path: Path, folder: Path, ending: str) -> None:
    """Its newest rows lie in the file beside it, which nobody reads; an empty one holds none."""
    open_one = zip_of(tmp_path / "open.zip", {"a.gpkg": b"x", f"a.gpkg{ending}": b"rows"})
    closed = zip_of(tmp_path / "closed.zip", {"b.gpkg": b"x", f"b.gpkg{ending}": b""})

    with pytest.raises(SourceError, match="still open in another program"):
        extract(open_one, "geopackage", folder, "open.zip")
    assert extract(closed, "geopackage", folder, "closed.zip")[0].read_bytes() == b"x"
