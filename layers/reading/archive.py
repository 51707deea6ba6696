"""Taking the wanted parts out of a ZIP that nobody has checked.

Everything is refused by name before the first byte is written: paths that leave the folder, links, encrypted
or nested archives, and whatever `zipstructure` finds. Sizes are counted while unpacking as well; what the
archive says about itself is not believed.
"""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
import zlib
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gis.errors import SourceError
from layers.reading.room import check_room
from layers.reading.zipstructure import check_places, has_sound_directory, shown_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from layers.manifest import Format

MAX_BYTES = 4 * 2**30
_MAX_FILES = 64
_MAX_RATIO = 200
_RATIO_COUNTS_FROM = 2**20
_BLOCK = 2**20
_ENCRYPTED = 0x1
_NESTED = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".kmz"})
# Names that are devices in Windows, whatever their ending.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What zipfile raises for a file that is no ZIP, a damaged one, or one whose names are in no encoding.
_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    UnicodeDecodeError,
)

MAIN_SUFFIXES: Mapping[Format, frozenset[str]] = {
    "shapefile": frozenset({".shp"}),
    "geopackage": frozenset({".gpkg"}),
    "geojson": frozenset({".geojson", ".json"}),
    "csv": frozenset({".csv", ".txt"}),
}
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def is_archive(path: Path) -> bool:
    """True when the file says it is a ZIP, by name or by its first bytes."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04" or path.suffix.lower() == ".zip"


def check_archive(archive: Path, shown: str) -> None:
    """Look for the directory of a ZIP, which costs nothing. Raises SourceError when it is not a whole ZIP."""
    if not has_sound_directory(archive, shown):
        raise SourceError(_not_a_zip(archive, shown))


def extract(archive: Path, kind: Format, folder: Path, shown: str) -> tuple[Path, tuple[str, ...]]:
    """Unpack the one dataset of this kind under fixed names; the main file, and the names left aside.

    `shown` is the archive's name in sentences. Raises SourceError for anything unsafe, and unless there is
    exactly one dataset.
    """
    check_archive(archive, shown)
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = _check_entries(opened, archive)
            wanted = _choose(entries, kind)
            _refuse_open_database(entries, wanted)
            _check_sizes([entries[entry] for entry in wanted])
            check_room(folder, sum(entries[entry].file_size for entry in wanted), shown)
            budget = MAX_BYTES
            for entry, name in wanted.items():
                budget -= _copy(opened, entries[entry], folder / name, budget)
    except _DAMAGE as exc:
        raise SourceError(_not_a_zip(archive, shown)) from exc
    main = next(name for name in wanted.values() if Path(name).suffix in MAIN_SUFFIXES[kind])
    return folder / main, tuple(shown_name(info) for name, info in entries.items() if name not in wanted)


def _refuse_open_database(entries: Mapping[str, zipfile.ZipInfo], wanted: Collection[str]) -> None:
    """A GeoPackage packed while a program had it open: its newest rows are in a file beside it."""
    for entry in wanted:
        for ending in ("-wal", "-journal"):
            beside = entries.get(entry + ending)
            if beside is not None and beside.file_size:
                raise SourceError(
                    f"{shown_name(entries[entry])!r} was packed while it was still open in another program. "
                    "Close it there, pack it again, then import."
                )


def find_packed_format(archive: Path, shown: str) -> Format:
    """The format of the one dataset in a ZIP. Raises SourceError for none and for datasets of several kinds."""
    check_archive(archive, shown)
    try:
        with zipfile.ZipFile(archive) as opened:
            names = list(_check_entries(opened, archive))
    except _DAMAGE as exc:
        raise SourceError(_not_a_zip(archive, shown)) from exc
    suffixes = {Path(name).suffix.lower() for name in names}
    kinds = [kind for kind, main in MAIN_SUFFIXES.items() if suffixes & main and kind != "csv"]
    if not kinds and suffixes & MAIN_SUFFIXES["csv"]:
        return "csv"
    if len(kinds) != 1:
        raise SourceError("The ZIP holds no dataset that can be read, or datasets of several kinds; pack one.")
    return kinds[0]


def _check_entries(opened: zipfile.ZipFile, archive: Path) -> dict[str, zipfile.ZipInfo]:
    entries: dict[str, zipfile.ZipInfo] = {}
    known: set[str] = set()
    for info in opened.infolist():
        _check_entry(info)
        plain = unicodedata.normalize("NFC", shown_name(info)).casefold().rstrip("/")
        if plain in known:
            raise SourceError(
                f"The ZIP holds two files called {shown_name(info)[:80]!r}, or two names that differ in "
                "capitals only. Pack it anew."
            )
        known.add(plain)
        if not info.is_dir():
            entries[info.filename] = info
    if len(entries) > _MAX_FILES:
        raise SourceError(
            f"The ZIP holds {len(entries)} files; at most {_MAX_FILES} are accepted. Pack one dataset."
        )
    check_places(opened, archive)
    return entries


def _check_entry(info: zipfile.ZipInfo) -> None:
    name, original = shown_name(info)[:80], info.orig_filename
    _check_name(info.filename, original)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise SourceError(f"The ZIP holds a link, {name!r}. Pack the files themselves.")
    if info.flag_bits & _ENCRYPTED:
        raise SourceError(f"The file {name!r} in the ZIP is encrypted. Pack it without a password.")
    if Path(name).suffix.lower() in _NESTED:
        raise SourceError(f"The ZIP holds another archive, {name!r}. Unpack it and choose one dataset.")
    if info.compress_type not in _METHODS:
        raise SourceError(f"The file {name!r} is packed in an unusual way. Pack it as an ordinary ZIP.")


def _check_name(name: str, original: str) -> None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in original or ":" in name:
        raise SourceError(
            f"The ZIP holds the file name {original[:80]!r}, which leads outside it. Pack it anew."
        )
    unprintable = any(unicodedata.category(letter) in ("Cc", "Cs") for letter in original)
    if unprintable or any(part != part.rstrip(". ") or _DEVICE.fullmatch(part) for part in parts):
        raise SourceError(
            f"The ZIP holds the file name {original[:80]!r}, which not every computer can write. Rename it, "
            "and pack it anew."
        )


def _check_sizes(infos: Sequence[zipfile.ZipInfo]) -> None:
    """What the directory states is enough to refuse; that it states less is found while unpacking."""
    for info in infos:
        if info.file_size > max(_RATIO_COUNTS_FROM, info.compress_size * _MAX_RATIO):
            raise SourceError(_grows(info))
    if sum(info.file_size for info in infos) > MAX_BYTES:
        raise SourceError(
            f"The ZIP holds more than {MAX_BYTES // 10**9} GB when it is unpacked. Divide it into parts."
        )


def _choose(entries: Mapping[str, zipfile.ZipInfo], kind: Format) -> dict[str, str]:
    main = [
        name for name in entries if Path(name).suffix.lower() in MAIN_SUFFIXES[kind] and "__MACOSX" not in name
    ]
    if len(main) != 1:
        listed = ", ".join(sorted(PurePosixPath(name).name for name in main)[:10])
        found = f"holds {len(main)} datasets ({listed})" if main else f"holds no {kind} dataset"
        raise SourceError(f"The ZIP {found}. Pack one dataset, with all its parts.")
    suffixes = SHAPEFILE_PARTS if kind == "shapefile" else (Path(main[0]).suffix.lower(),)
    return _parts(main[0], list(entries), suffixes)


def _parts(main: str, names: Sequence[str], suffixes: Sequence[str]) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    stem = main[: -len(Path(main).suffix)].casefold()
    for name in names:
        suffix = Path(name).suffix
        if suffix.lower() in suffixes and name[: -len(suffix)].casefold() == stem:
            found[suffix.lower()].append(name)
    for suffix, twins in found.items():
        if len(twins) > 1:
            raise SourceError(f"The ZIP holds the {suffix} part twice: {', '.join(twins)}. Pack it anew.")
    return {twins[0]: f"source{suffix}" for suffix, twins in found.items()}


def _copy(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: int) -> int:
    written = 0
    with opened.open(info) as source, target.open("xb") as file:
        while block := source.read(_BLOCK):
            written += len(block)
            packed = max(info.compress_size, 1)
            if written > budget or (written > _RATIO_COUNTS_FROM and written > packed * _MAX_RATIO):
                raise SourceError(_grows(info))
            file.write(block)
    return written


def _grows(info: zipfile.ZipInfo) -> str:
    return (
        f"The file {shown_name(info)[:80]!r} grows beyond what is accepted while it is unpacked. Send it "
        "unpacked, or in parts."
    )


def _not_a_zip(archive: Path, shown: str) -> str:
    with archive.open("rb") as file:
        magic = file.read(6)
    known = {
        b"7z\xbc\xaf\x27\x1c": "7z archive",
        b"Rar!\x1a\x07": "RAR archive",
        b"\x1f\x8b": "gzip file",
        b"PK\x07\x08": "part of a split ZIP",
        b"PK\x05\x06": "ZIP with nothing in it",
    }
    for start, name in known.items():
        if magic.startswith(start):
            return f"{shown} is a {name}, not a whole ZIP. Pack the files as one ordinary ZIP."
    return f"{shown} is not a whole ZIP: it is damaged or cut short. Fetch it again."
