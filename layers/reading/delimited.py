"""CSV with coordinate columns, read strictly by Python's csv module.

GDAL's CSV driver is not used: it drops surplus cells, swallows rows after an open quote, cuts text at NUL and
turns bytes it cannot decode into nothing, all in silence.
"""

from __future__ import annotations

import codecs
import csv
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import SourceError
from layers.notes import write_note
from layers.reading.columns import find_name
from layers.reading.encoding import Encoding, choose_encoding
from layers.reading.report import Counts
from layers.reading.rows import BATCH_SIZE, Batch
from layers.reading.values import parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Literal

    from pyproj import CRS

_DELIMITERS = ",;\t|"
_MAX_COLUMNS = 1000
csv.field_size_limit(10_000_000)


@dataclass
class DelimitedTable:
    """An opened CSV. Satisfies `rows.Table`; row numbers are records, the header not counted.

    Without `x` and `y` its rows have no geometry.
    """

    path: Path
    encoding: Encoding | None
    delimiter: str
    names: tuple[str, ...]
    x: str | None = None
    y: str | None = None
    decimal: Literal[".", ","] = "."
    crs: CRS | None = None
    crs_is_default: bool = True
    notes: tuple[str, ...] = ()

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
                geometries=self._points(block, first),
                columns={name: [record[i] or None for record in block] for name, i in places},
            )
            first += len(block)

    def records(self) -> Iterator[list[str]]:
        """The rows after the header, each as long as the header."""
        encoding = self.encoding.name if self.encoding else "utf-8"
        with self.path.open("r", encoding=_with_bom(encoding), newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                next(reader)
                for record in reader:
                    if not record:
                        continue
                    if len(record) != len(self.names):
                        raise SourceError(
                            f"Line {reader.line_num} of the CSV has {len(record)} cells, the header has "
                            f"{len(self.names)}. Look for a missing or surplus {self.delimiter!r} or "
                            "quote there."
                        )
                    yield record
            except csv.Error as exc:
                raise SourceError(
                    f"The CSV cannot be read at line {reader.line_num}: {exc}. Look for an unclosed "
                    "quote before it."
                ) from exc
            except UnicodeDecodeError as exc:
                raise SourceError(
                    f"The CSV is not valid {encoding} near line {reader.line_num + 1}. State source.encoding."
                ) from exc

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
                raise SourceError(f"Row {first + i}, column {name!r}: {exc}.") from exc
            if isinstance(value, float):
                numbers[i] = value
        return numbers


@contextmanager
def open_delimited(
    path: Path, *, x: str, y: str, decimal: Literal[".", ","], encoding: str | None
) -> Iterator[DelimitedTable]:
    """Open a staged CSV: encoding, delimiter and header. Raises SourceError when one cannot be made out."""
    chosen = sniff_encoding(path, encoding)
    delimiter, names = read_header(path, chosen.name)
    yield DelimitedTable(
        path=path,
        encoding=chosen,
        delimiter=delimiter,
        names=names,
        x=find_name(names, x, "source.x"),
        y=find_name(names, y, "source.y"),
        decimal=decimal,
        notes=() if encoding else (write_note("encoding", encoding=chosen.name, reason=chosen.reason),),
    )


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
        return choose_encoding((line.strip() for line in file), stated=stated, cpg=None)


def read_header(path: Path, encoding: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the column names. Raises SourceError for a file without header."""
    with path.open("r", encoding=_with_bom(encoding), newline="") as file:
        line = file.readline(1_000_000)
        delimiter = max(_DELIMITERS, key=line.count)
        file.seek(0)
        names = tuple(name.strip() for name in next(csv.reader(file, delimiter=delimiter), []))
    if len(names) < 2 or len(names) > _MAX_COLUMNS or not any(names):
        raise SourceError("The CSV has no header: the first line must hold the column names.")
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
