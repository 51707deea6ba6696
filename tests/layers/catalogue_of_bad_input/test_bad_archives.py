"""Rows 17 to 27 of the catalogue of bad input: ZIP files that hold too much, lead outside, or lie."""

from __future__ import annotations

import io
import shutil
import stat
import struct
import warnings
import zipfile
import zlib
from collections import namedtuple
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gis.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

pytestmark = pytest.mark.database


@pytest.fixture
def parts(tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]]) -> dict[str, bytes]:
    """The parts of a sound shapefile of five squares, by file name."""
    (tmp_path / "made").mkdir()
    path = write(tmp_path / "made" / "areas.shp", squares(5))
    return {part.name: part.read_bytes() for part in sorted(path.parent.iterdir())}


def pack(path: Path, entries: Mapping[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    """Pack names and contents; a list may hold a name twice, and entries made by hand."""
    pairs = entries if isinstance(entries, list) else list(entries.items())
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name, content in pairs:
            archive.writestr(name, content)
    return path


def test_row_17_two_datasets(tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]) -> None:
    """row 17: both are listed, and neither is guessed."""
    other = {name.replace("areas", "parcele"): content for name, content in parts.items()}

    sentence = refused(pack(tmp_path / "a.zip", {**parts, **other}))

    assert "The ZIP holds 2 datasets (areas.shp, parcele.shp). Pack one dataset" in sentence


def test_rows_18_and_19_names_and_extras(
    tmp_path: Path, parts: dict[str, bytes], accepted: Callable[..., Any]
) -> None:
    """row 18, row 19: folders, spaces, č š ž and capitals are fine; what is not used is listed by name."""
    named = {f"Mapa občine/Čebelnjaki 2026{name[5:].upper()}": content for name, content in parts.items()}
    extras = {
        "Mapa občine/Čebelnjaki 2026.shp.xml": b"<xml/>",
        "Mapa občine/Čebelnjaki 2026.sbn": b"x",
        "Mapa občine/Čebelnjaki 2026.qmd": b"x",
        "__MACOSX/._Čebelnjaki 2026.shp": b"x",
        "Thumbs.db": b"x",
    }

    report = accepted(pack(tmp_path / "Oddaja (3).zip", {**named, **extras}))

    assert report.row_count == 5
    assert all(name in "\n".join(report.quality.notes) for name in extras)


@pytest.mark.parametrize("encoding", ["cp852", "cp437", "utf-8"])
def test_row_18_names_of_old_programs(
    tmp_path: Path, parts: dict[str, bytes], accepted: Callable[..., Any], encoding: str
) -> None:
    """row 18: names without a mark for UTF-8, as older Windows packs them; letters are shown as they were."""
    folder = {"cp852": "Občina Ž", "cp437": "Gemüse", "utf-8": "Občina_"}[encoding]
    content = pack(tmp_path / "a.zip", {f"{'x' * 9}/{n}": c for n, c in {**parts, "a.qmd": b""}.items()})
    raw = folder.encode(encoding).ljust(9, b"_")
    (tmp_path / "a.zip").write_bytes(content.read_bytes().replace(b"x" * 9, raw))

    notes = "\n".join(accepted(tmp_path / "a.zip").quality.notes)

    shown = raw.decode("cp852") if encoding != "utf-8" else raw.decode()
    assert f"{shown}/a.qmd" in notes


def test_row_20_nested_and_encrypted(
    tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]
) -> None:
    """row 20: an archive inside, and a password, each by the name of the file."""
    locked = bytearray(pack(tmp_path / "b.zip", parts).read_bytes())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        locked[locked.index(mark) + place] |= 1
    (tmp_path / "b.zip").write_bytes(locked)

    assert "another archive, 'inner.zip'" in refused(pack(tmp_path / "a.zip", {**parts, "inner.zip": b"PK"}))
    assert "The file 'areas.cpg' in the ZIP is encrypted" in refused(tmp_path / "b.zip")


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"7z\xbc\xaf\x27\x1c", "7z archive"),
        (b"Rar!\x1a\x07\x00", "RAR archive"),
        (b"\x1f\x8b\x08", "gzip file"),
        (b"PK\x07\x08PK\x03\x04", "part of a split ZIP"),
    ],
)
def test_row_20_other_archives(tmp_path: Path, refused: Callable[..., str], start: bytes, name: str) -> None:
    """row 20: whatever was renamed to .zip is called what it is."""
    (tmp_path / "a.zip").write_bytes(start + bytes(400))

    assert f"a.zip is a {name}, not a whole ZIP" in refused(tmp_path / "a.zip")


def test_row_20_split_by_its_numbers(
    tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]
) -> None:
    """row 20: the last volume of a split archive looks like a ZIP; its end says which volume it is."""
    content = bytearray(pack(tmp_path / "a.zip", parts).read_bytes())
    content[-18:-16] = struct.pack("<H", 2)
    (tmp_path / "a.zip").write_bytes(content)

    assert "a.zip is one part of a split archive" in refused(tmp_path / "a.zip")


def test_row_20_zip64(
    tmp_path: Path, parts: dict[str, bytes], accepted: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """row 20: an honest ZIP of the large kind is read; one whose two end records disagree is not."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    small = made.getvalue()
    entries, length, offset = struct.unpack("<HII", small[-12:-2])
    end64 = struct.pack(
        "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, length, offset
    ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, len(small) - 22, 1)
    (tmp_path / "honest.zip").write_bytes(small[:-22] + end64 + small[-22:])
    (tmp_path / "lying.zip").write_bytes(
        small[:-22] + end64.replace(struct.pack("<Q", entries), struct.pack("<Q", 3)) + small[-22:]
    )

    assert accepted(tmp_path / "honest.zip").row_count == 5
    assert "says two things about the number or place" in refused(tmp_path / "lying.zip")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../areas.shp", "leads outside"),
        ("/etc/cron.d/areas.shp", "leads outside"),
        ("a\\..\\areas.shp", "leads outside"),
        ("C:areas.shp", "leads outside"),
        ("a/../../areas.shp", "leads outside"),
        ("NUL.shp", "not every computer can write"),
        ("aux/readme.txt", "not every computer can write"),
        ("readme.", "not every computer can write"),
        ("folder /readme", "not every computer can write"),
        ("line\nbreak.txt", "not every computer can write"),
    ],
)
def test_row_21_names_that_lead_elsewhere(
    tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str], name: str, reason: str
) -> None:
    """row 21: one such name refuses the whole ZIP, before anything of it is unpacked."""
    assert reason in refused(pack(tmp_path / "a.zip", {**parts, name: b"x"}))


def test_row_21_a_name_with_an_end_in_it(
    tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]
) -> None:
    """row 21: a NUL in a name hides its ending from some programs."""
    content = pack(tmp_path / "a.zip", {**parts, "readme_shp": b"x"}).read_bytes()
    (tmp_path / "a.zip").write_bytes(content.replace(b"readme_shp", b"readme\x00shp"))

    assert "'readme\\x00shp', which not every computer can write" in refused(tmp_path / "a.zip")


@pytest.mark.parametrize("kind", [stat.S_IFLNK])
def test_row_22_links(tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str], kind: int) -> None:
    """row 22: a link could name any file of the server."""
    link = zipfile.ZipInfo("readme.txt")
    link.external_attr = (kind | 0o777) << 16

    sentence = refused(pack(tmp_path / "a.zip", [*parts.items(), (link, b"/etc/passwd")]))

    assert "The ZIP holds a link, 'readme.txt'" in sentence


@pytest.mark.parametrize("name", ["areas.shp", "AREAS.shp", "areas.SHP"])
def test_row_23_names_that_repeat(
    tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str], name: str
) -> None:
    """row 23: twice the same name, also where only capitals differ: programs disagree on which one counts."""
    assert "The ZIP holds two files called" in refused(pack(tmp_path / "a.zip", [*parts.items(), (name, b"x")]))


def test_row_23_one_letter_written_two_ways(
    tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]
) -> None:
    """row 23: č as one letter and as c with a caron are one name."""
    extra = {"\u010d.txt": b"1", "c\u030c.txt": b"2"}

    assert "The ZIP holds two files called" in refused(pack(tmp_path / "a.zip", {**parts, **extra}))


def test_row_24_a_bomb_of_zeros(tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]) -> None:
    """row 24: a thousand to one is refused by what the list says, before it is unpacked."""
    assert "The file 'areas.shp' grows beyond what is accepted" in refused(
        pack(tmp_path / "a.zip", {**parts, "areas.shp": bytes(60 * 2**20)})
    )


def test_row_24_a_bomb_that_hides_its_size(
    tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]
) -> None:
    """row 24, row 25: a list that states less than there is: counted bytes, not stated ones, decide."""
    content = bytearray(pack(tmp_path / "a.zip", {**parts, "areas.shp": bytes(60 * 2**20)}).read_bytes())
    for mark, name_at, size_at in ((b"PK\x01\x02", 46, 24), (b"PK\x03\x04", 30, 22)):
        place = content.index(b"areas.shp", content.index(mark)) - name_at
        assert content[place : place + 4] == mark
        content[place + size_at : place + size_at + 4] = struct.pack("<I", 780)
    (tmp_path / "a.zip").write_bytes(content)

    assert "damaged" in refused(tmp_path / "a.zip")


def test_row_24_entries_that_share_bytes(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 24: the bomb of David Fifield: many names in the list for one run of packed bytes."""
    kernel = zlib.compress(bytes(10_000), 9)[2:-4]
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, zlib.crc32(bytes(10_000)), len(kernel), 10_000, 9, 0
    )
    body = local + b"areas.shp" + kernel
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, zlib.crc32(bytes(10_000)), len(kernel),
        10_000, 9, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    directory = entry + b"areas.shp" + entry + b"areas.dbf"
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), len(body), 0)
    (tmp_path / "a.zip").write_bytes(body + directory + end)
    aligned = body + body.replace(b"areas.shp", b"areas.dbf")
    second = bytearray(entry + b"areas.dbf")
    second[42:46] = struct.pack("<I", len(body))
    longer = bytearray(entry + b"areas.shp")
    longer[20:24] = struct.pack("<I", len(kernel) + 60)
    aligned = aligned.replace(struct.pack("<I", len(kernel)), struct.pack("<I", len(kernel) + 60), 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, len(longer + second), len(aligned), 0)
    (tmp_path / "b.zip").write_bytes(aligned + bytes(longer + second) + end)

    assert "says two things about the file 'areas.dbf'" in refused(tmp_path / "a.zip")
    assert "The file 'areas.shp' in the ZIP shares its bytes with another" in refused(tmp_path / "b.zip")


def test_row_24_too_many_files(tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]) -> None:
    """row 24: more files than any dataset has, and a list too long to be read at all."""
    some = {f"{number}.txt": b"" for number in range(70)}
    many = {f"{number}.txt": b"" for number in range(300)}

    assert "holds 75 files; at most 64 are accepted" in refused(pack(tmp_path / "a.zip", {**parts, **some}))
    assert "lists 305 files; at most 256" in refused(pack(tmp_path / "b.zip", {**parts, **many}))


def test_row_24_no_room_on_the_disk(
    tmp_path: Path, parts: dict[str, bytes], registry: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """row 24: what does not fit is not begun; how much is free and how much is needed are both said."""
    usage = namedtuple("usage", "total used free")
    path = pack(tmp_path / "a.zip", {**parts, "areas.shp": np.random.default_rng(1).bytes(3_000_000)})
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**9, 994_000_000, 6_000_000))
    before = registry.look()

    manifest = registry.manifest(path)
    with pytest.raises(UnavailableError, match=r"has 6 MB free, and 'a.zip' needs 7 MB\. Make room"):
        registry.load(manifest, path)

    assert registry.look() == before


def test_row_25_a_size_that_is_not_true(
    tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]
) -> None:
    """row 25: the list states another size than stands before the bytes."""
    content = bytearray(pack(tmp_path / "a.zip", parts).read_bytes())
    place = content.index(b"areas.shp", content.index(b"PK\x01\x02")) - 46
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    (tmp_path / "a.zip").write_bytes(content)

    assert "The ZIP says two things about the file 'areas.shp'" in refused(tmp_path / "a.zip")


def test_row_26_damage(tmp_path: Path, parts: dict[str, bytes], refused: Callable[..., str]) -> None:
    """row 26: a flipped byte, a cut file, bytes before the beginning and after the end."""
    whole = pack(tmp_path / "a.zip", parts).read_bytes()
    flipped = bytearray(whole)
    flipped[whole.index(b"areas.shp") + 40] ^= 0xFF
    spoilt = {
        "flipped.zip": bytes(flipped),
        "cut.zip": whole[: len(whole) // 2],
        "empty.zip": b"PK\x05\x06" + bytes(18),
    }
    for name, content in spoilt.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "longer.zip").write_bytes(whole + b"more")
    (tmp_path / "before.zip").write_bytes(b"#!/bin/sh\n" + whole)

    assert "flipped.zip is not a whole ZIP" in refused(tmp_path / "flipped.zip")
    assert "cut.zip is not a whole ZIP" in refused(tmp_path / "cut.zip")
    assert "holds no shapefile dataset" in refused(tmp_path / "empty.zip")
    assert "longer.zip goes on after its end" in refused(tmp_path / "longer.zip")
    assert "before.zip has its list of files where none belongs" in refused(tmp_path / "before.zip")


@pytest.mark.parametrize(("name", "size"), [("a.gpkg", 4 * 2**30), ("a.gpkg", 5 * 2**30), ("a.zip", 2**32)])
def test_row_27_gigabytes_of_holes(tmp_path: Path, refused: Callable[..., str], name: str, size: int) -> None:
    """row 27: a sparse file of gigabytes is refused by its length or its beginning, and never copied."""
    with (tmp_path / name).open("wb") as file:
        file.truncate(size)

    sentence = refused(tmp_path / name)

    assert "does not begin like one" in sentence or "are accepted" in sentence or "not a whole ZIP" in sentence


def test_row_27_a_sound_beginning(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """row 27: a GeoPackage that is longer than its header says."""
    path = write(tmp_path / "a.gpkg", squares(2))
    with path.open("ab") as file:
        file.truncate(3 * 2**30)

    assert "the file has 3221225472" in refused(path)
