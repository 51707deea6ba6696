"""Answers `/parcels/select`: reads parcels of one version, lets `judging` choose, reads the chosen ones whole.

Everything is bounded: candidates, chosen parcels, bytes. What was cut is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from layers import parcel_statements as statements
from layers.features import reading_version
from layers.parcels import build_found, natural_key
from layers.query import GEOJSON
from layers.searching.cadastral_municipalities import CadastralMunicipalities
from layers.selecting import judging
from layers.selecting.names import MAX_SELECTED
from layers.selecting.resolving import ListResolver
from layers.table import TITLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa
    from shapely.geometry.base import BaseGeometry

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.parcel_columns import ParcelColumns
    from layers.parcels import FoundParcel
    from layers.selecting.asked import Asked
    from layers.selecting.lists import Line
    from layers.selecting.names import Name
    from layers.selecting.resolving import Resolved

# So many parcels are held against a shape; of more the answer says that it is cut.
MAX_CANDIDATES = 2_000
MAX_BYTES = 8 * 1024 * 1024
# Numbers without a cadastral municipality are looked up in all of them.
_MAX_ALIKE = 5_000


@dataclass(frozen=True)
class SelectedParcel:
    """A chosen parcel: its names, title, GeoJSON text in CRS84, area of the drawing, published values."""

    found: FoundParcel
    title: str | None
    geojson: str | None
    drawn_m2: float | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Selection:
    """The chosen parcels by KO and in natural order; names that no parcel has, and unclear ones."""

    parcels: tuple[SelectedParcel, ...]
    truncated: bool = False
    missing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Outline:
    """A parcel that may be chosen, with its shape."""

    found: FoundParcel
    shape: BaseGeometry


@dataclass(frozen=True)
class _Chosen:
    """Which parcels, before they are read whole."""

    parcels: Sequence[FoundParcel]
    truncated: bool = False
    missing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


class ParcelSelector:
    """Selects parcels of published versions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kos = CadastralMunicipalities(database)

    def select(self, asked: Asked, layer: PublishedLayer, columns: ParcelColumns) -> Selection:
        """The selected parcels. Raises GoneError when the version was dropped, UnavailableError."""
        if asked.lines is not None:
            resolved = self._resolve(asked.lines, layer, columns)
            chosen = _Chosen(resolved.parcels, False, resolved.missing, resolved.unclear)
        elif asked.drawn is not None:
            chosen = self._choose_meeting(_area_of(asked.drawn, asked.distance_m), layer, columns)
        else:
            chosen = self._choose_by_names(asked, asked.names or (), layer, columns)
        return self._read_whole(chosen, layer, columns)

    def _choose_by_names(
        self, asked: Asked, names: Sequence[Name], layer: PublishedLayer, columns: ParcelColumns
    ) -> _Chosen:
        named, missing = self._read_named(names, layer, columns)
        if asked.distance_m is None and not asked.neighbours:
            return _Chosen([each.found for each in named], missing=missing)
        keys = {each.found.key for each in named}
        shapes = [each.shape for each in named]
        if not shapes:
            return _Chosen((), missing=missing)
        together = judging.put_together(shapes)
        if asked.neighbours:
            near, more = self._read_meeting(judging.build_contact(together), layer, columns)
            others = [each for each in near if each.found.key not in keys]
            places = judging.choose_neighbours(shapes, [each.shape for each in others])
            return _Chosen([others[place].found for place in places], more, missing)
        chosen = self._choose_meeting(_area_of(together, asked.distance_m), layer, columns)
        others_found = [each for each in chosen.parcels if each.key not in keys]
        return _Chosen(others_found, chosen.truncated, missing)

    def _choose_meeting(self, shape: BaseGeometry, layer: PublishedLayer, columns: ParcelColumns) -> _Chosen:
        near, more = self._read_meeting(shape, layer, columns)
        places = judging.choose_meeting(shape, [each.shape for each in near])
        return _Chosen([near[place].found for place in places], more)

    def _resolve(self, lines: Sequence[Line], layer: PublishedLayer, columns: ParcelColumns) -> Resolved:
        readings = [each for line in lines for meaning in line.meanings for each in meaning]
        names = {each.ko_name for each in readings if each.ko_name is not None}
        codes = {name: self._kos.find_codes(layer, columns, name) for name in names}
        keys = {
            f"{ko}-{each.number}"
            for each in readings
            for code in ((each.ko_code,) if each.ko_code else codes.get(each.ko_name or "", ()))
            for ko in (code, code.lstrip("0"))
        }
        plain = {each.number for each in readings if each.ko_code is None and each.ko_name is None}
        eids = [line.eid for line in lines if line.eid is not None]
        questions = [
            (keys, statements.select_by_keys(layer, columns, sorted(keys))),
            (plain, statements.select_by_numbers(layer, columns, sorted(plain), limit=_MAX_ALIKE)),
            (eids, statements.select_by_eids(layer, columns, eids)),
        ]
        rows = self._read(*(statement for wanted, statement in questions if wanted))
        return ListResolver((build_found(row) for row in rows), codes).resolve(lines)

    def _read_named(
        self, names: Sequence[Name], layer: PublishedLayer, columns: ParcelColumns
    ) -> tuple[list[_Outline], tuple[str, ...]]:
        keys = [f"{ko}-{number}" for ko, number in names]
        rows = self._read(statements.select_by_keys(layer, columns, keys, with_shape=True))
        named = [each for each in _build_outlines(rows) if (each.found.ko, each.found.number) in names]
        there = {(each.found.ko, each.found.number) for each in named}
        return named, tuple(f"{ko} {number}" for ko, number in names if (ko, number) not in there)

    def _read_meeting(
        self, shape: BaseGeometry, layer: PublishedLayer, columns: ParcelColumns
    ) -> tuple[list[_Outline], bool]:
        """The parcels that meet a shape, and whether there were more than are read."""
        rows = self._read(statements.select_meeting(layer, columns, shape, limit=MAX_CANDIDATES + 1))
        return _build_outlines(rows[:MAX_CANDIDATES]), len(rows) > MAX_CANDIDATES

    def _read_whole(self, chosen: _Chosen, layer: PublishedLayer, columns: ParcelColumns) -> Selection:
        ordered = sorted(chosen.parcels, key=lambda each: (each.ko, natural_key(each)))
        fids = [each.fid for each in ordered[:MAX_SELECTED]]
        rows = self._read(statements.select_whole(layer, columns, fids)) if fids else []
        parcels = tuple(_build_selected(row, layer) for row in rows)
        kept = _within_budget(parcels)
        truncated = chosen.truncated or len(ordered) > MAX_SELECTED or len(kept) < len(parcels)
        return Selection(kept, truncated, chosen.missing, chosen.unclear)

    def _read(self, *questions: sa.Select[Any]) -> list[sa.RowMapping]:
        with reading_version(self._database, "api") as connection:
            return [row for each in questions for row in connection.execute(each).mappings()]


def _area_of(shape: BaseGeometry, distance_m: float | None) -> BaseGeometry:
    return shape if distance_m is None else judging.build_surroundings(shape, distance_m)


def _build_outlines(rows: Sequence[sa.RowMapping]) -> list[_Outline]:
    """Parcels with a shape; one without it lies nowhere."""
    wkb = [row[statements.SHAPE] for row in rows]
    shapes = shapely.from_wkb([bytes(each) if each is not None else None for each in wkb], on_invalid="ignore")
    return [
        _Outline(build_found(row), shape)
        for row, shape in zip(rows, shapes, strict=True)
        if shape is not None and not shape.is_empty
    ]


def _build_selected(row: sa.RowMapping, layer: PublishedLayer) -> SelectedParcel:
    drawn = row[statements.DRAWN_AREA]
    return SelectedParcel(
        found=build_found(row),
        title=row[TITLE],
        geojson=row[GEOJSON],
        drawn_m2=round(float(drawn), 2) if drawn is not None else None,
        values={name: row[name] for name in layer.manifest.columns},
    )


def _within_budget(parcels: Sequence[SelectedParcel]) -> tuple[SelectedParcel, ...]:
    """As many parcels, from the first, as their outlines fit into one answer."""
    left = MAX_BYTES
    for place, each in enumerate(parcels):
        left -= len(each.geojson or "")
        if left < 0:
            return tuple(parcels[:place])
    return tuple(parcels)
