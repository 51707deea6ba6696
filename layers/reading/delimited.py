"""CSV with coordinate columns or a column of WKT, read strictly by Python's csv module.

GDAL's CSV driver is not used: it drops surplus cells, swallows rows after an open quote, cuts text at NUL and
turns bytes it cannot decode into nothing, all in silence.
"""

from __future__ import annotations

import codecs
import csv
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import SourceError
from layers.notes import write_note
from layers.reading.columns import check_column_count, find_name, tell_apart
from layers.reading.encoding import Encoding, choose_encoding
from layers.reading.report import Counts
from layers.reading.rows import BATCH_SIZE, Batch
from layers.reading.values import parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Literal

    from pyproj import CRS

    from layers.manifest import Source

_DELIMITERS = ",;\t|"
_CELL_ENDS = re.compile(rb"[,;\t|\r\n]+")
# Nowhere may the same spaces be matched by two parts, which would try every way to divide them.
_LIKE_WKT = re.compile(
    r"(SRID=\d+;\s*)?(MULTI)?(POINT|LINESTRING|POLYGON|CURVE|SURFACE)\s*((Z|M|ZM)\s*)?(\(|EMPTY)",
    re.IGNORECASE,
)
_SRID = re.compile(r"SRID=(\d{1,6});\s*", re.IGNORECASE)
csv.field_size_limit(10_000_000)


@dataclass
class DelimitedTable:
    """An opened CSV. Satisfies `rows.Table`; row numbers are records, the header not counted.

    Without `x` and `y` or `wkt` its rows have no geometry. `names` are unique; the header may not have been.
    """

    path: Path
    encoding: Encoding | None
    delimiter: str
    names: tuple[str, ...]
    x: str | None = None
    y: str | None = None
    decimal: Literal[".", ","] = "."
    wkt: str | None = None
    srid: int | None = None
    crs: CRS | None = None
    crs_is_default: bool = True
    notes: tuple[str, ...] = ()
    curved: int = 0

    def declared(self) -> Counts:
        """A CSV does not say how many rows it has."""
        return Counts()

    def batches(self, names: Sequence[str], size: int = BATCH_SIZE) -> Iterator[Batch]:
        """Every record in file order. Raises SourceError naming the line."""
        places = [(name, self.names.index(name)) for name in names]
        records = self.records()
        first = 1
        while True:
            block = [record for _, record in zip(range(size), records, strict=False)]
            if not block:
                return
            yield Batch(
                numbers=np.arange(first, first + len(block)),
                geometries=self._shapes(block, first),
                columns={name: [record[i] or None for record in block] for name, i in places},
            )
            first += len(block)

    def records(self) -> Iterator[list[str]]:
        """The rows after the header, each as long as the header."""
        encoding = self.encoding.name if self.encoding else "utf-8"
        with self.path.open("r", encoding=_with_bom(encoding), newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            line = 1
            try:
                next(reader)
                line = reader.line_num + 1
                for record in reader:
                    if record:
                        yield self._checked(record, line)
                    line = reader.line_num + 1
            except csv.Error as exc:
                raise SourceError(
                    f"The CSV cannot be read from line {line} on: {exc}. Look for an unclosed quote there."
                ) from exc
            except UnicodeDecodeError as exc:
                raise SourceError(
                    f"The CSV is not valid {encoding} near line {line}. State the right one as source.encoding."
                ) from exc

    def _checked(self, record: list[str], line: int) -> list[str]:
        if len(record) != len(self.names):
            raise SourceError(
                f"Line {line} of the CSV has {len(record)} cells, the header has {len(self.names)}. "
                f"Look for a missing or surplus {self.delimiter!r} or quote there."
            )
        return record

    def _shapes(self, block: list[list[str]], first: int) -> Any:
        if self.wkt is not None:
            return parse_shapes(
                [record[self.names.index(self.wkt)] for record in block], first, self.wkt, self.srid
            )
        return self._points(block, first)

    def _points(self, block: list[list[str]], first: int) -> Any:
        points = np.full(len(block), None, dtype=object)
        if self.x is None or self.y is None:
            return points
        xs = self._coordinates(block, self.x, first)
        ys = self._coordinates(block, self.y, first)
        here = ~(np.isnan(xs) | np.isnan(ys))
        points[here] = shapely.points(xs[here], ys[here])
        return points

    def _coordinates(self, block: list[list[str]], name: str, first: int) -> Any:
        place = self.names.index(name)
        parse = parser("number", self.decimal)
        numbers = np.full(len(block), np.nan)
        for i, record in enumerate(block):
            try:
                value = parse(record[place])
            except ValueError as exc:
                raise SourceError(f"Row {first + i}, column {name!r}: {exc}. Mend it in the source.") from exc
            if isinstance(value, float):
                numbers[i] = value
        return numbers


@contextmanager
def open_delimited(path: Path, source: Source) -> Iterator[DelimitedTable]:
    """Open a staged CSV as the manifest describes it. Raises SourceError when header or bytes say otherwise."""
    chosen = sniff_encoding(path, source.encoding)
    delimiter, header = read_header(path, chosen.name)
    names = tell_apart(header)
    notes = [] if source.encoding else [write_note("encoding", encoding=chosen.name, reason=chosen.reason)]
    if names != header:
        notes.append(name_columns(header, names))

    def find(place: str, wanted: str | None) -> str | None:
        return find_name(names, wanted, f"source.{place}") if wanted is not None else None

    yield DelimitedTable(
        path=path,
        encoding=chosen,
        delimiter=delimiter,
        names=names,
        x=find("x", source.x),
        y=find("y", source.y),
        wkt=find("wkt", source.wkt),
        decimal=source.decimal,
        srid=source.crs,
        notes=tuple(notes),
    )


def guess_wkt_column(names: Sequence[str], records: Sequence[Sequence[str]]) -> str | None:
    """The first column in which every filled cell begins like WKT, or None."""
    for place, name in enumerate(names):
        filled = [record[place] for record in records if record[place].strip()]
        if filled and all(_LIKE_WKT.match(text.lstrip()) for text in filled):
            return name
    return None


def name_columns(header: Sequence[str], names: Sequence[str]) -> str:
    """The note on columns that got another name, because they had none or one that another has."""
    made = [name for name, before in zip(names, header, strict=True) if name != before]
    return write_note("columns_renamed", columns=", ".join(made[:20]))


def parse_shapes(texts: Sequence[str], first: int, column: str, srid: int | None) -> Any:
    """Geometries from WKT (OGC 06-103r4 clause 7), also with `SRID=3794;` in front; empty cells are NULL.

    Raises SourceError naming row and column.
    """
    shapes = np.full(len(texts), None, dtype=object)
    for place, text in enumerate(texts):
        if not text.strip():
            continue
        try:
            shapes[place] = _parse_shape(text.strip(), srid)
        except (ValueError, NotImplementedError, shapely.errors.ShapelyError) as exc:
            shown = text.strip()[:40]
            reason = f": {exc}" if isinstance(exc, _SridError) else ""
            raise SourceError(
                f"Row {first + place}, column {column!r}: {shown!r} … cannot be read as WKT{reason}. "
                "Mend it in the source; curves have to be made lines there."
            ) from exc
    return shapes


class _SridError(ValueError):
    """The WKT names another CRS than the manifest."""


def _parse_shape(text: str, srid: int | None) -> Any:
    if found := _SRID.match(text):
        if srid is not None and int(found.group(1)) != srid:
            message = f"it says SRID {found.group(1)}, and source.crs says {srid}"
            raise _SridError(message)
        text = text[found.end() :]
    return shapely.from_wkt(text)


def sniff_encoding(path: Path, stated: str | None) -> Encoding:
    """The encoding of a text file, by statement or by its bytes; a BOM settles it."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise SourceError("The CSV is written in UTF-16. Save it as UTF-8.")
        if start.startswith(codecs.BOM_UTF8):
            return Encoding("utf-8", "the file begins with a UTF-8 mark")
        file.seek(0)
        _refuse_nul(file)
        file.seek(0)
        return choose_encoding(_cells(file), stated=stated, cpg=None)


def _cells(file: Iterable[bytes]) -> Iterator[bytes]:
    """The texts of a CSV one by one, so that samples show a name and not half a line."""
    for line in file:
        if not line.isascii():
            yield from (cell.strip(b'" ') for cell in _CELL_ENDS.split(line))


def read_header(path: Path, encoding: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the column names. Raises SourceError for a file without header."""
    with path.open("r", encoding=_with_bom(encoding), newline="") as file:
        line = file.readline(1_000_000)
        delimiter = max(_DELIMITERS, key=line.count)
        file.seek(0)
        names = tuple(name.strip() for name in next(csv.reader(file, delimiter=delimiter), []))
    check_column_count(names)
    if not any(names):
        raise SourceError("The CSV has no header: the first line must hold the column names. Add one.")
    if all(_is_number(name) for name in names if name):
        raise SourceError("The first line of the CSV holds numbers, not column names. Add a header line.")
    return delimiter, names


def _is_number(text: str) -> bool:
    return text.replace(".", "").replace(",", "").lstrip("-").isdigit()


def _refuse_nul(file: Any) -> None:
    line = 1
    while block := file.read(2**20):
        if b"\x00" in block:
            line += block[: block.index(b"\x00")].count(b"\n")
            raise SourceError(
                f"The CSV holds a NUL character in line {line}. Ask the provider for a clean copy."
            )
        line += block.count(b"\n")


def _with_bom(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding
