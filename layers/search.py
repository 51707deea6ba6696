"""The one search box: coordinates, parcel numbers, then the texts of every layer that can be searched.

Texts are compared without accents and case. Nothing of a question is logged.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.errors import GoneError, RequestError
from layers import search_statements as statements
from layers.cadastral_municipalities import CadastralMunicipalities
from layers.features import reading_version
from layers.folding import fold
from layers.identify import PATIENCE_SECONDS, check_time
from layers.parcel_columns import find_parcel_columns
from layers.parcel_numbers import parse_readings
from layers.positions import find_position, read_box
from layers.table import FID, KEY, TITLE
from layers.typed_coordinates import find_typed_position

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.parcel_columns import ParcelColumns
    from layers.parcel_numbers import Reading
    from layers.portal import Portal
    from layers.positions import Position

    _Find = Callable[["PublishedLayer", "Question"], list["Json"]]

Json = dict[str, Any]

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
MAX_LENGTH = 200
MAX_WORDS = 12

_COORDINATES = {"sl": "Koordinate", "en": "Coordinates"}
_KINDS = ("parcel", "address", "place", "zone", "other")


@dataclass(frozen=True)
class Question:
    """What is searched for: the text as typed, and its folded words."""

    text: str
    words: tuple[str, ...]
    limit: int
    language: str


def parse_question(text: str, *, limit: int, language: str) -> Question:
    """A question that may be asked. Raises RequestError when it is empty or too long."""
    if len(text) > MAX_LENGTH:
        raise RequestError("q", f"write at most {MAX_LENGTH} characters")
    words = tuple(re.findall(r"[^\s,;]+", fold(text)))
    if not words:
        raise RequestError("q", "write what to look for: a parcel number, an address or coordinates")
    if len(words) > MAX_WORDS:
        raise RequestError("q", f"write at most {MAX_WORDS} words")
    return Question(text, words, limit, language)


class Search:
    """Answers questions; keeps only the names of cadastral municipalities."""

    def __init__(self, database: Database, portal: Portal) -> None:
        self._database = database
        self._portal = portal
        self._kos = CadastralMunicipalities(database)

    def find(self, question: Question, layers: Sequence[PublishedLayer]) -> Json:
        """Groups of results: coordinates, then layers by kind, parcels first. Raises UnavailableError.

        A layer that was withdrawn since `layers` were looked up is left out.
        """
        ends_at = time.monotonic() + PATIENCE_SECONDS
        asked = sorted((layer for layer in layers if layer.manifest.search), key=_rank)
        groups = self._find_coordinates(question)
        groups += self._ask_each(asked, question, self._find_in, ends_at)
        if not groups:
            groups += self._ask_each(asked, question, self._find_alike, ends_at)
        return {"query": question.text, "groups": groups}

    def _ask_each(
        self, layers: Sequence[PublishedLayer], question: Question, find: _Find, ends_at: float
    ) -> list[Json]:
        groups = []
        for layer in layers:
            check_time(ends_at)
            with suppress(GoneError):
                groups += _group(layer, question, find(layer, question))
        return groups

    def _find_coordinates(self, question: Question) -> list[Json]:
        position = find_typed_position(question.text, self._portal)
        if position is None:
            return []
        result = {"layer": None, "id": None, "fid": None, **_describe_position(position), "exact": True}
        title = _COORDINATES[question.language]
        return [{"layer": None, "kind": "coordinates", "title": title, "results": [result]}]

    def _find_in(self, layer: PublishedLayer, question: Question) -> list[Json]:
        columns = find_parcel_columns(layer.manifest)
        if columns is not None:
            return self._find_parcels(layer, columns, question)
        if len(question.words) == 1 and len(question.words[0]) == 1:
            return []
        statement = statements.select_by_words(layer, question.words, limit=question.limit)
        rows = self._read(statement)
        return [_describe(layer, row, exact=fold(row[TITLE]) == fold(question.text)) for row in rows]

    def _find_alike(self, layer: PublishedLayer, question: Question) -> list[Json]:
        text = " ".join(question.words)
        if len(text) < 3 or find_parcel_columns(layer.manifest) is not None:
            return []
        rows = self._read(statements.select_alike(layer, text, limit=question.limit))
        return [_describe(layer, row, exact=False) for row in rows]

    def _find_parcels(self, layer: PublishedLayer, columns: ParcelColumns, question: Question) -> list[Json]:
        """Parcels of every reading, exact ones first, each parcel once."""
        found: dict[int, Json] = {}
        for reading in parse_readings(question.text):
            kos = self._find_kos(layer, columns, reading)
            if kos == ():
                continue
            statement = statements.select_parcels(layer, columns, reading.number, kos, limit=question.limit)
            for row in self._read(statement):
                exact = row[statements.NUMBER] == reading.number
                found.setdefault(row[FID], _describe(layer, row, exact=exact))
        results = sorted(found.values(), key=lambda result: not result["exact"])
        return results[: question.limit]

    def _find_kos(
        self, layer: PublishedLayer, columns: ParcelColumns, reading: Reading
    ) -> tuple[str, ...] | None:
        """Codes a reading is limited to; none of them when its name is unknown, None for no limit."""
        if reading.ko_code is not None:
            return (reading.ko_code,)
        if reading.ko_name is not None:
            return self._kos.find_codes(layer, columns, reading.ko_name)
        return None

    def _read(self, statement: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        with reading_version(self._database, "api") as connection:
            return connection.execute(statement).mappings().all()


def _rank(layer: PublishedLayer) -> int:
    search = layer.manifest.search
    return _KINDS.index(search.kind) if search else len(_KINDS)


def _group(layer: PublishedLayer, question: Question, results: list[Json]) -> list[Json]:
    """One group, or none when nothing was found."""
    search = layer.manifest.search
    if not results or search is None:
        return []
    title = layer.manifest.title.in_language(question.language)
    return [{"layer": layer.id, "kind": search.kind, "title": title, "results": results}]


def _describe(layer: PublishedLayer, row: sa.RowMapping, *, exact: bool) -> Json:
    ko_name = row[statements.KO_NAME]
    return {
        "layer": layer.id,
        "id": row[KEY],
        "fid": row[FID],
        "title": row[TITLE],
        "subtitle": f"k.o. {ko_name}" if ko_name else None,
        "point": _describe_point(layer, row),
        **read_box(row, layer.srid),
        "exact": exact,
    }


def _describe_point(layer: PublishedLayer, row: sa.RowMapping) -> Json | None:
    east, north = row[statements.POINT_EAST], row[statements.POINT_NORTH]
    if east is None or north is None:
        return None
    point = find_position(east, north, layer.srid, layer.srid).as_json()
    return {name: point[name] for name in ("lon", "lat", "e", "n")}


def _describe_position(position: Position) -> Json:
    point = position.as_json()
    return {
        "title": f"E {point['e']:.2f}, N {point['n']:.2f}",
        "subtitle": f"{point['lat']:.6f}, {point['lon']:.6f}",
        "point": {name: point[name] for name in ("lon", "lat", "e", "n")},
        "bbox": [point["lon"], point["lat"], point["lon"], point["lat"]],
        "bbox_native": [point["e"], point["n"], point["e"], point["n"]],
    }
