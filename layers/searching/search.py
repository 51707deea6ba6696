"""The one search box: coordinates, parcel numbers, then the texts of every layer that can be searched.

Texts are compared without accents and case; when nothing holds what was typed, with typing errors forgiven
(docs/decisions/0035-finding-names.md). Nothing of a question is logged.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.errors import GoneError, RequestError
from layers.features import reading_version
from layers.folding import fold
from layers.identify import PATIENCE_SECONDS, check_time
from layers.parcel_columns import find_parcel_columns
from layers.parcel_numbers import parse_readings
from layers.searching import statements
from layers.searching.address_search import AddressSearch
from layers.searching.cadastral_municipalities import CadastralMunicipalities
from layers.searching.results import describe_feature, describe_street, group_coordinates, group_streets
from layers.searching.typed_addresses import nearest
from layers.searching.typed_coordinates import find_typed_place, looks_like_coordinates
from layers.table import FID, SEARCH, TITLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.parcel_columns import ParcelColumns
    from layers.parcel_numbers import Reading
    from layers.portal import Portal
    from layers.searching.address_search import FoundAddresses

    _Find = Callable[["PublishedLayer", "Question"], list["Json"]]

Json = dict[str, Any]

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
MAX_LENGTH = 200
MAX_WORDS = 12
_MOST_ALIKE = 30

_KINDS = ("parcel", "address", "place", "zone", "other")
_EID = re.compile(r"(?:eid)?[ :]*([0-9]{15,20})", re.IGNORECASE)
# What people write before the designation of a zone, and plans do not.
_ZONE_WORDS = re.compile(r"eup|enota|urejanja|prostora|nrp|raba|namenska|obmocje")


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
    """Answers questions; keeps only the names of cadastral municipalities, and which versions have names."""

    def __init__(self, database: Database, portal: Portal) -> None:
        self._database = database
        self._portal = portal
        self._kos = CadastralMunicipalities(database)
        self._addresses = AddressSearch(database)

    def find(self, question: Question, layers: Sequence[PublishedLayer]) -> Json:
        """Groups of results: coordinates, then layers by kind, parcels first. Raises UnavailableError.

        `alike` is true when nothing holds what was typed and the results are what was probably meant; without
        results `advice` says why. A layer that was withdrawn since `layers` were looked up is left out.
        """
        ends_at = time.monotonic() + PATIENCE_SECONDS
        asked = sorted((layer for layer in layers if layer.manifest.search), key=_rank)
        place = find_typed_place(question.text, self._portal)
        groups = [group_coordinates(place, question.language)] if place else []
        groups += self._ask_each(asked, question, self._find_in, ends_at)
        alike = False
        if not groups:
            groups += self._ask_each(asked, question, self._find_alike, ends_at)
            alike = bool(groups)
        advice = None if groups else _advise(question)
        return {"query": question.text, "alike": alike, "advice": advice, "groups": groups}

    def _ask_each(
        self, layers: Sequence[PublishedLayer], question: Question, find: _Find, ends_at: float
    ) -> list[Json]:
        groups = []
        for layer in layers:
            check_time(ends_at)
            with suppress(GoneError):
                groups += find(layer, question)
        return groups

    def _find_in(self, layer: PublishedLayer, question: Question) -> list[Json]:
        columns = find_parcel_columns(layer.manifest)
        if columns is not None:
            return _group(layer, question, self._find_parcels(layer, columns, question))
        if len(question.words) == 1 and len(question.words[0]) == 1:
            return []
        if self._addresses.knows(layer):
            found = self._addresses.find(layer, question.text, limit=question.limit)
            return _group_addresses(layer, question, found)
        words = _words_for(layer, question)
        rows = self._read(statements.select_by_words(layer, words, limit=question.limit))
        if not rows and _is_zone(layer):
            # `VE 12` and `VE12` are written `VE-12` in the plan.
            rows = self._read(statements.select_by_beginning(layer, "".join(words), limit=question.limit))
        whole = " ".join(words)
        results = [describe_feature(layer, row, exact=row[SEARCH].replace(",", "") == whole) for row in rows]
        return _group(layer, question, results)

    def _find_alike(self, layer: PublishedLayer, question: Question) -> list[Json]:
        text = " ".join(question.words)
        if len(text) < 3 or find_parcel_columns(layer.manifest) is not None:
            return []
        if self._addresses.knows(layer):
            found = self._addresses.find_alike(layer, question.text, limit=question.limit)
            return _group_addresses(layer, question, found, alike=True)
        with reading_version(self._database, "api") as connection:
            connection.execute(statements.THRESHOLD)
            statement = statements.select_alike(layer, text, limit=_MOST_ALIKE)
            rows = connection.execute(statement).mappings().all()
        counted = [(_count_slips(question.words, row[SEARCH]), row) for row in rows]
        near = sorted(((slips, place) for place, (slips, _) in enumerate(counted) if slips is not None))
        results = [describe_feature(layer, rows[place], exact=False) for _, place in near[: question.limit]]
        return _group(layer, question, results)

    def _find_parcels(self, layer: PublishedLayer, columns: ParcelColumns, question: Question) -> list[Json]:
        """Parcels of every reading, exact ones first, each parcel once."""
        if eid := _EID.fullmatch(question.text.strip()):
            rows = self._read(statements.select_parcels_by_eid(layer, columns, eid.group(1)))
            return [describe_feature(layer, row, exact=True) for row in rows]
        found: dict[int, Json] = {}
        for reading in parse_readings(question.text):
            for row in self._read_parcels(layer, columns, reading, question.limit):
                exact = row[statements.NUMBER] == reading.number
                found.setdefault(row[FID], describe_feature(layer, row, exact=exact))
        results = sorted(found.values(), key=lambda result: not result["exact"])
        return results[: question.limit]

    def _read_parcels(
        self, layer: PublishedLayer, columns: ParcelColumns, reading: Reading, limit: int
    ) -> Sequence[sa.RowMapping]:
        kos = self._find_kos(layer, columns, reading)
        if kos is not None:
            statement = statements.select_parcels(layer, columns, reading.number, kos, limit=limit)
            return self._read(statement) if kos else ()
        found: dict[int, sa.RowMapping] = {}
        for statement in statements.select_parcels_in_steps(layer, columns, reading.number, limit=limit):
            for row in self._read(statement):
                found.setdefault(row[FID], row)
            if len(found) >= limit:
                break
        return list(found.values())

    def _find_kos(
        self, layer: PublishedLayer, columns: ParcelColumns, reading: Reading
    ) -> tuple[str, ...] | None:
        """Codes a reading is limited to; none of them when its name is unknown, None for no limit."""
        if reading.ko_code is not None:
            return tuple(dict.fromkeys((reading.ko_code, reading.ko_code.lstrip("0"))))
        if reading.ko_name is not None:
            return self._kos.find_codes(layer, columns, reading.ko_name)
        return None

    def _read(self, statement: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        with reading_version(self._database, "api") as connection:
            return connection.execute(statement).mappings().all()


def _rank(layer: PublishedLayer) -> int:
    search = layer.manifest.search
    return _KINDS.index(search.kind) if search else len(_KINDS)


def _is_zone(layer: PublishedLayer) -> bool:
    return layer.manifest.search is not None and layer.manifest.search.kind == "zone"


def _words_for(layer: PublishedLayer, question: Question) -> tuple[str, ...]:
    """The words to look for; of a zone without those that only say that it is one."""
    if not _is_zone(layer):
        return question.words
    return tuple(word for word in question.words if not _ZONE_WORDS.fullmatch(word)) or question.words


def _count_slips(words: Sequence[str], text: str) -> int | None:
    """Typing errors between the words typed and those of a text, None when one of them is like none."""
    known = text.replace(",", "").split()
    near = [nearest(word, known) for word in words]
    return sum(each[0][1] for each in near) if all(near) else None


def _advise(question: Question) -> str:
    """Why nothing was found, as a word that the viewer has a sentence for."""
    if looks_like_coordinates(question.text):
        return "coordinates_elsewhere"
    readings = parse_readings(question.text)
    if any(reading.ko_name for reading in readings):
        return "unknown_place"
    return "no_such_parcel" if readings else "nothing"


def _group(layer: PublishedLayer, question: Question, results: list[Json]) -> list[Json]:
    """One group, or none when nothing was found."""
    search = layer.manifest.search
    if not results or search is None:
        return []
    title = layer.manifest.title.in_language(question.language)
    return [{"layer": layer.id, "kind": search.kind, "title": title, "results": results}]


def _group_addresses(
    layer: PublishedLayer, question: Question, found: FoundAddresses, *, alike: bool = False
) -> list[Json]:
    """Houses when the number that was asked for is there; otherwise streets, then houses."""
    whole = fold(question.text)
    houses = [describe_feature(layer, row, exact=fold(row[TITLE]) == whole) for row in found.houses]
    if found.house is not None and houses:
        return _group(layer, question, houses)
    streets = [
        describe_street(layer, row, exact=not alike and found.is_exact_name(row), language=question.language)
        for row in found.names
    ]
    return group_streets(layer, streets, question.language) + _group(layer, question, houses)
