"""Readers of a town's one layer over HTTP: each answer must be whole, of one edition, and none may fail.

A walk through pages is one question: it ends whole, or is told with 410 that its version is no longer kept.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import mapbox_vector_tile

from tests.prostor.publishing.looking import TILE
from tests.prostor.publishing.town import SIDE, SOUTH, WEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LAYER = "fields"
_MOST_ROWS = 200
_ENOUGH_FAILURES = 50
_BEGIN_AGAIN = "Begin again with the first page."
_GONE = "no longer kept"
_NUMBER = re.compile(r"izdaja (\d+)$")


def rows_of(edition: int) -> int:
    """How many features an edition has, so that half of one is told from a whole one."""
    return 120 + edition % 23


@dataclass
class Report:
    """What the readers met; threads add to it under its lock."""

    requests: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    editions: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def hopeless(self) -> bool:
        """True when so much failed that more would tell nothing new."""
        return len(self.failures) >= _ENOUGH_FAILURES


@dataclass(frozen=True)
class _Answer:
    """Status and body of one request; a tile's body is not compressed any more."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class _Stop(Exception):  # noqa: N818  not a fault: this question ended early
    """The rest of a question is not asked: it was told to begin again, or failed and was written down."""


class Reader:
    """One client with one connection, asking every kind of question in turn."""

    def __init__(self, address: str, report: Report, seed: int) -> None:
        self._host = urlsplit(address).netloc
        self._connection = HTTPConnection(self._host, timeout=60)
        self._report = report
        self._dice = random.Random(seed)  # noqa: S311  nothing secret here

    def read_until(self, wanted: int, stop: threading.Event) -> None:
        """Ask until all readers made so many requests and the publisher is done, or too much failed."""
        questions = (self._page, self._walk, self._item, self._alias, self._token, self._identify, self._search)
        while not self._report.hopeless and not (stop.is_set() and self._report.requests >= wanted):
            for question in self._dice.sample(questions, len(questions)):
                self._ask(question)
        self._connection.close()

    def _ask(self, question: Callable[[], Iterable[int]]) -> None:
        kind = question.__name__
        try:
            editions = set(question())
        except _Stop:
            return
        except (KeyError, TypeError, ValueError) as exc:
            with self._report.lock:
                self._report.failures.append(f"{kind} is not understood: {exc!r}")
            return
        with self._report.lock:
            self._report.kinds[kind] += 1
            self._report.editions |= editions
            if len(editions) != 1:
                self._report.failures.append(f"{kind} mixes editions {sorted(editions)}")

    def _page(self) -> list[int]:
        """One page out of the middle of nowhere."""
        return _editions(self._get("page", f"/ogc/collections/{LAYER}/items?limit=50").json()["features"])

    def _walk(self) -> list[int]:
        """Every page, from the first to the last."""
        path: str | None = f"/ogc/collections/{LAYER}/items?limit=40"
        features: list[dict[str, Any]] = []
        while path is not None:
            page = self._get("walk", path, gone=_BEGIN_AGAIN if features else None).json()
            features += page["features"]
            if len(features) > _MOST_ROWS:
                self._fail("walk", "does not end")
            path = next((_path(link["href"]) for link in page["links"] if link["rel"] == "next"), None)
        editions = _editions(features)
        self._check_whole("walk", editions, len({each["id"] for each in features}))
        return editions

    def _item(self) -> list[int]:
        """One feature."""
        number = self._dice.randrange(100)
        return _editions([self._get("item", f"/ogc/collections/{LAYER}/items/{number}").json()])

    def _alias(self) -> list[int]:
        """The tile with everything, under the address that follows the pointer."""
        return self._tile("alias", self._get("alias", f"/tiles/{LAYER}/{TILE}.mvt"))

    def _token(self) -> list[int]:
        """The same tile, as a map asks for it: under the token the TileJSON names."""
        (template,) = self._get("tilejson", f"/tiles/{LAYER}/WebMercatorQuad.json").json()["tiles"]
        _, z, x, y = TILE.split("/")
        path = _path(template).replace("{z}", z).replace("{x}", x).replace("{y}", y)
        return self._tile("token", self._get("token", path, gone=_GONE))

    def _identify(self) -> list[int]:
        """What lies at a place."""
        place = self._dice.randrange(100)
        x, y = WEST + 50 * (place % SIDE) + 20, SOUTH + 60 * (place // SIDE) + 25
        (layer,) = self._get("identify", f"/identify?x={x}&y={y}&layers={LAYER}").json()["layers"]
        if layer["status"] != "found":
            self._fail("identify", f"found nothing: {layer}")
        return [_edition_in(each["properties"]) for each in layer["features"]]

    def _search(self) -> list[int]:
        """Fields by name; the edition is in the titles."""
        answer = self._get("search", f"/search?q=Njiva%20{self._dice.randrange(100)}").json()
        titles = [each["title"] for group in answer["groups"] for each in group["results"]]
        return [int(found.group(1)) for title in titles if (found := _NUMBER.search(title))]

    def _tile(self, kind: str, answer: _Answer) -> list[int]:
        features = mapbox_vector_tile.decode(answer.body)[LAYER]["features"]
        editions = _editions(features)
        self._check_whole(kind, editions, len(features))
        return editions

    def _check_whole(self, kind: str, editions: list[int], rows: int) -> None:
        if len(set(editions)) == 1 and rows != rows_of(editions[0]):
            self._fail(kind, f"has {rows} features of edition {editions[0]}, not {rows_of(editions[0])}")

    def _get(self, kind: str, path: str, *, gone: str | None = None) -> _Answer:
        """One request; 410 with the words of the documentation is an answer where it may come."""
        try:
            answer = self._request(path)
        except (OSError, HTTPException) as exc:
            self._connection.close()
            self._fail(kind, f"{path}: {exc!r}")
        if answer.status == 410 and gone is not None and gone in answer.json()["detail"]:
            with self._report.lock:
                self._report.told[kind] += 1
            raise _Stop
        if answer.status != 200:
            self._fail(kind, f"{path}: {answer.status} {answer.body[:300]!r}")
        return answer

    def _request(self, path: str) -> _Answer:
        self._connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        with self._connection.getresponse() as response:
            body = response.read()
            if response.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
        with self._report.lock:
            self._report.requests += 1
        return _Answer(response.status, body)

    def _fail(self, kind: str, what: str) -> None:
        with self._report.lock:
            self._report.failures.append(f"{kind}: {what}")
        raise _Stop


@contextmanager
def reading(address: str, wanted: int, *, readers: int) -> Iterator[Report]:
    """Readers that ask until so many requests are made and the block is done; then the report is whole."""
    report, stop = Report(), threading.Event()
    threads = [
        threading.Thread(target=Reader(address, report, seed).read_until, args=(wanted, stop))
        for seed in range(readers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield report
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def wait_for_requests(report: Report, wanted: float) -> None:
    """Wait until the readers made so many requests, or gave up."""
    while report.requests < wanted and not report.hopeless:
        time.sleep(0.01)


def wait_for_edition(report: Report, edition: int) -> None:
    """Wait until a reader has met this edition, or they gave up."""
    while edition not in report.editions and not report.hopeless:
        time.sleep(0.01)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _editions(features: Iterable[dict[str, Any]]) -> list[int]:
    return [_edition_in(each["properties"]) for each in features]


def _edition_in(properties: Any) -> int:
    if isinstance(properties, dict):
        return int(properties["edition"])
    return next(int(each["value"]) for each in properties if each["name"] == "edition")
