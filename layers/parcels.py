"""Finding parcels: by any notation, a list, an EID, a point or an address; and by their address in URLs.

A parcel number is opaque text: `*45` and `45` are different parcels, and nothing is calculated with either.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gis.errors import GoneError, NotFoundError, RequestError
from layers import parcel_statements as statements
from layers.features import reading_version
from layers.folding import fold
from layers.parcel_columns import find_parcel_columns
from layers.parcel_numbers import parse_readings
from layers.searching import statements as search_statements
from layers.searching.cadastral_municipalities import CadastralMunicipalities
from layers.searching.search import MAX_LENGTH, MAX_WORDS
from layers.searching.typed_coordinates import find_typed_position
from layers.table import FID, KEY, TITLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import sqlalchemy as sa

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.parcel_columns import ParcelColumns
    from layers.parcel_numbers import Reading
    from layers.portal import Portal

# An official request names at most so many, all in one cadastral municipality (Ur. l. RS 92/22).
MAX_PARCELS = 10
MAX_FOUND = 50
_MAX_ADDRESSES = 10
_PARTS = re.compile(r"([0-9]+)[^/]*(?:/([0-9]+))?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EID = re.compile(r"(?:eid)?[ :]*([0-9]{15,20})", re.IGNORECASE)


@dataclass(frozen=True)
class FoundParcel:
    """A parcel by its names; `path` is its address behind `/parcels/`, ready for a URL."""

    fid: int
    key: str
    ko: str
    ko_name: str | None
    number: str
    eid: str | None
    registered_m2: float | None

    @property
    def path(self) -> str:
        """`964/123/4`."""
        return write_path(self.ko, [self.number])


@dataclass(frozen=True)
class Found:
    """What a question found: parcels in natural order, and of a list the numbers that no parcel has.

    `exact` is false when nothing has the number, and these are parcels whose number begins like it.
    """

    parcels: tuple[FoundParcel, ...] = ()
    missing: tuple[str, ...] = ()
    exact: bool = True
    is_list: bool = False


def natural_key(parcel: FoundParcel) -> tuple[object, ...]:
    """2 before 10, 10 before 10/2 before 10/10, the asterisk series after the others."""
    match = _PARTS.search(parcel.number)
    stem, part = match.groups(default="") if match else ("", "")
    return parcel.number.startswith("*"), len(stem), stem, len(part), part, parcel.number, parcel.ko


def write_path(ko: str, numbers: Iterable[str]) -> str:
    """Where an answer stands behind `/parcels/`: `964/123/4`, for several `964/500/1,500/2`."""
    return f"{quote(ko, safe='')}/{','.join(quote(number, safe='/*') for number in numbers)}"


def describe_found(found: Found, root: str) -> dict[str, Any]:
    """What was found as JSON; `url` is where each parcel is answered."""
    parcels = [
        {
            "ko": each.ko,
            "ko_name": each.ko_name,
            "number": each.number,
            "eid": each.eid,
            "registered_m2": each.registered_m2,
            "url": f"{root}/parcels/{each.path}",
        }
        for each in found.parcels
    ]
    return {"exact": found.exact, "missing": list(found.missing), "parcels": parcels}


def one_answer(found: Found) -> tuple[str, tuple[str, ...]] | None:
    """KO and numbers of what was found, when it is clear, complete and fits in one answer; else None."""
    kos = {each.ko for each in found.parcels}
    if not found.exact or found.missing or len(kos) != 1 or len(found.parcels) > MAX_PARCELS:
        return None
    if len(found.parcels) > 1 and not found.is_list:
        return None
    return kos.pop(), tuple(each.number for each in found.parcels)


def read_notation(text: str) -> tuple[str, tuple[str, ...]] | None:
    """KO and numbers as a text writes them, there or not; None when it leaves the KO open."""
    readings = parse_readings(text)
    kos = {reading.ko_code for reading in readings}
    ko = kos.pop() if len(kos) == 1 else None
    return (ko, tuple(reading.number for reading in readings)) if ko is not None else None


def find_parcel_layer(layers: Iterable[PublishedLayer]) -> tuple[PublishedLayer, ParcelColumns]:
    """The layer of parcels, and which of its columns mean what. Raises NotFoundError when none is published."""
    for layer in layers:
        columns = find_parcel_columns(layer.manifest)
        if layer.manifest.role == "parcels" and columns is not None:
            return layer, columns
    raise NotFoundError("No layer of parcels is published here.")


def parse_numbers(text: str) -> tuple[str, ...]:
    """The numbers in the last part of an address: as it stands, and split at commas. Raises RequestError."""
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(parts) > MAX_PARCELS:
        raise RequestError("number", f"name at most {MAX_PARCELS} parcels at once")
    return parts


class Parcels:
    """Finds parcels; keeps only the names of cadastral municipalities."""

    def __init__(self, database: Database, portal: Portal) -> None:
        self._database = database
        self._portal = portal
        self._kos = CadastralMunicipalities(database)

    def find(self, text: str, layers: Sequence[PublishedLayer]) -> Found:
        """The parcels that a text means. Raises RequestError for one too long, NotFoundError without parcels.

        Tried in turn: an EID, coordinates, parcel numbers, an address, the beginning of a number.
        """
        if len(text) > MAX_LENGTH:
            raise RequestError("q", f"write at most {MAX_LENGTH} characters")
        if _CONTROL.search(text):
            raise RequestError("q", "it holds control characters")
        layer, columns = find_parcel_layer(layers)
        if eid := _EID.fullmatch(text.strip()):
            if columns.eid is None:
                return Found()
            return Found(self._read(statements.select_by_eid(layer, columns, eid.group(1))))
        if position := find_typed_position(text, self._portal):
            return self.find_at(position.east, position.north, layers)
        readings = parse_readings(text)
        found = self._find_numbers(layer, columns, readings)
        if found.parcels:
            return found
        at_addresses = self._find_addresses(text, layers)
        return at_addresses if at_addresses.parcels else self._find_alike(layer, columns, readings, found)

    def find_at(self, east: float, north: float, layers: Sequence[PublishedLayer]) -> Found:
        """The parcels at a point in the portal's CRS: one, or those that meet there."""
        layer, columns = find_parcel_layer(layers)
        return Found(self._at_points(layer, columns, [(east, north)]))

    def find_named(self, ko: str, numbers: Sequence[str], layer: PublishedLayer) -> tuple[FoundParcel, ...]:
        """The parcels with these numbers in the cadastral municipality with this code, those there are."""
        columns = find_parcel_columns(layer.manifest)
        if columns is None:
            return ()
        keys = [f"{ko}-{number}" for number in numbers if "\x00" not in ko + number]
        found = self._read(statements.select_by_keys(layer, columns, keys))
        return tuple(parcel for parcel in found if parcel.ko == ko and parcel.number in numbers)

    def _find_numbers(
        self, layer: PublishedLayer, columns: ParcelColumns, readings: Sequence[Reading]
    ) -> Found:
        """The parcels of all readings, and of a list in one notation the numbers that none has."""
        found: dict[int, FoundParcel] = {}
        missing = []
        for reading in readings:
            kos = self._find_kos(layer, columns, reading)
            statement = statements.select_by_number(layer, columns, reading.number, kos, limit=MAX_FOUND)
            here = self._read(statement) if kos != () else ()
            found |= {parcel.fid: parcel for parcel in here}
            missing += [] if here else [reading.number]
        is_list = len({reading.ko_code for reading in readings}) == 1 and len(readings) > 1
        parcels = tuple(sorted(found.values(), key=natural_key)[:MAX_FOUND])
        return Found(parcels, tuple(missing) if is_list else (), is_list=is_list)

    def _find_kos(
        self, layer: PublishedLayer, columns: ParcelColumns, reading: Reading
    ) -> tuple[str, ...] | None:
        """Codes a reading is limited to; none of them when its name is unknown, None for no limit."""
        if reading.ko_code is not None:
            return tuple(dict.fromkeys((reading.ko_code, reading.ko_code.lstrip("0"))))
        if reading.ko_name is not None:
            return self._kos.find_codes(layer, columns, reading.ko_name)
        return None

    def _find_addresses(self, text: str, layers: Sequence[PublishedLayer]) -> Found:
        """The parcels under addresses that hold every word; when some begin so, under these only."""
        words = tuple(re.findall(r"[^\s,;]+", fold(text)))
        layer, columns = find_parcel_layer(layers)
        if not any(map(str.isdecimal, text)) or not 2 <= len(words) <= MAX_WORDS:
            return Found()
        points: dict[str, tuple[float, float]] = {}
        for each in layers:
            search = each.manifest.search
            if search is not None and search.kind == "address" and each.srid == layer.srid:
                points |= self._read_points(each, words)
        whole = [point for title, point in points.items() if _words(title)[: len(words)] == list(words)]
        return Found(self._at_points(layer, columns, whole or list(points.values())))

    def _read_points(self, layer: PublishedLayer, words: Sequence[str]) -> dict[str, tuple[float, float]]:
        statement = search_statements.select_by_words(layer, words, limit=_MAX_ADDRESSES)
        rows: Sequence[sa.RowMapping] = ()
        with suppress(GoneError), reading_version(self._database, "api") as connection:
            rows = connection.execute(statement).mappings().all()
        places = [
            (row[TITLE], (row[search_statements.POINT_EAST], row[search_statements.POINT_NORTH]))
            for row in rows
        ]
        return {title: point for title, point in places if None not in point}

    def _find_alike(
        self, layer: PublishedLayer, columns: ParcelColumns, readings: Sequence[Reading], missed: Found
    ) -> Found:
        """Parcels whose number begins like the first one that was asked for."""
        for reading in readings[:1]:
            kos = self._find_kos(layer, columns, reading)
            if kos == ():
                continue
            begun = search_statements.select_parcels(layer, columns, reading.number, kos, limit=_MAX_ADDRESSES)
            with reading_version(self._database, "api") as connection:
                keys = [row[KEY] for row in connection.execute(begun).mappings()]
            alike = self._read(statements.select_by_keys(layer, columns, keys)) if keys else ()
            return Found(alike, missed.missing or (reading.number,), exact=False)
        return missed

    def _at_points(
        self, layer: PublishedLayer, columns: ParcelColumns, points: Sequence[tuple[float, float]]
    ) -> tuple[FoundParcel, ...]:
        if not points:
            return ()
        return self._read(statements.select_at_points(layer, columns, points, limit=MAX_FOUND))

    def _read(self, statement: sa.Select[Any]) -> tuple[FoundParcel, ...]:
        with reading_version(self._database, "api") as connection:
            return tuple(build_found(row) for row in connection.execute(statement).mappings())


def build_found(row: sa.RowMapping) -> FoundParcel:
    """The parcel of a row of `parcel_statements`."""
    area = row[statements.AREA]
    return FoundParcel(
        fid=row[FID],
        key=row[KEY],
        ko=str(row[statements.KO]),
        ko_name=row[statements.KO_NAME],
        number=row[statements.NUMBER],
        eid=row[statements.EID],
        registered_m2=float(area) if area is not None and area > 0 else None,
    )


def _words(title: str) -> list[str]:
    return re.findall(r"[^\s,;]+", fold(title))
