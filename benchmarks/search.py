"""The search box over HTTP: a million parcels, 600,000 addresses, one client and eight.

    python -m benchmarks.search [--parcels 1000000] [--addresses 600000] [--seconds 15] [--workers 2]

The sample municipality is imported into a private PostGIS; then parcels and addresses of the same layers are
replaced by made-up ones, with the indexes and names that an import makes. Addresses lie in streets of 20 houses
whose names are made of Slovenian words by a seed. Every kind of question is asked by its own list, shuffled by
the same seed; no answer is remembered by the service. Prints p50, p95 and p99 for each kind.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
from psycopg import sql

from benchmarks.parcel_answers import service_environment
from benchmarks.private_cluster import private_cluster
from benchmarks.serving.processes import Processes, free_port
from gis.database import Database, plain_url
from gis.provision import provision
from gis.settings import Settings
from gis.statements import compose, identifier, read_statement
from layers.catalogue import Catalogue
from layers.folding import fold
from layers.loading.finding import prepare_finding
from layers.loading.load import index_statements
from layers.loading.plan import stored_columns
from layers.migrations import migrate
from layers.model import DATA
from prostor.portal_choice import read_chosen_portal
from prostor.sample import import_missing_layers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from layers.catalogue import PublishedLayer
    from layers.portal import Portal

    Connection = psycopg.Connection[tuple[object, ...]]

_PROGRAM = "from prostor.commands import main; main()"
_PER_KO = 4_000
_HOUSES = 20
_OF_A_KIND = 400
_FIRST_NAMES = (
    "Stari Novi Zgornji Spodnji Mali Veliki Dolgi Kratki Beli Črni Zeleni Rdeči Sončni Senčni Gornji Dolnji "
    "Srednji Široki Ozki Tihi Lepi Hladni Topli Visoki Nizki Mlinski Gozdni Vrtni Kamniti Peščeni Brezov "
    "Hrastov Bukov Lipov Jelšev Javorov Smrekov Borov Vrbov Topolov "
)
_FIRST = tuple(_FIRST_NAMES.split())
_ROOT_NAMES = (
    "Šoštanj Velenj Škal Šalek Topolšic Raven Lokovic Gaberk Pesj Podkraj Kavč Paš Plešiv Bevč Vinsk Konov Laz "
    "Paka Hudinj Dobrn Celj Žalc Prebold Polzel Braslov Mozir Nazar Ljub Luč Solčav Črn Mež Pliberk Dravograd "
    "Slovenj Vuzenic Radelj Ruš Selnic Maribor Ptuj Ormož Ljutomer Radgon Lendav Sobot Beltin Murs Kranj Bled "
    "Jesenic Tržič Radovljic Bohinj Kamnik Domžal Litij Zagorj Trbovelj Hrastnik Sevnic Krš Brežic Novomešk "
    "Metlik Črnomelj Kočevj Ribnic Cerknic Postojn Idrij Tolmin Bov Gor Ajdov Vipav Sežan Kopr Izol Piran "
)
_ROOTS = tuple(_ROOT_NAMES.split())
_ENDINGS = ("ska", "ova", "eva", "nska", "iška", "arjeva", "nikova", "janska")
_KINDS = ("cesta", "ulica", "pot", "steza", "naselje")


def build_streets(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """So many streets with their settlements, each once, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  no secret
    places = [f"{first} {root}{end}" for root in _ROOTS for first in _FIRST[::5] for end in ("e", "i", "o")]
    chance.shuffle(places)
    found: dict[tuple[str, str], None] = {}
    while len(found) < count:
        root = chance.choice(_ROOTS) + chance.choice(_ENDINGS)
        kind = chance.choice(_KINDS)
        street = (
            f"{root} {kind}" if chance.random() < 0.6 else f"{chance.choice(_FIRST)}a {root.lower()} {kind}"
        )
        found[street, chance.choice(places)] = None
    return list(found)


@dataclass(frozen=True)
class Land:
    """What was made: streets with settlements, houses in each, and parcels in each municipality."""

    streets: Sequence[tuple[str, str]]
    parcels: int

    def questions(self, seed: int = 2) -> Mapping[str, list[str]]:
        """What people type, by kind."""
        chance = random.Random(seed)  # noqa: S311  no secret
        makers: Mapping[str, Callable[[], str]] = {
            "parcel with municipality": lambda: (
                f"{self._ko(chance)} {chance.randint(1, 570)}/{chance.randint(1, 6)}"
            ),
            "parcel begun": lambda: f"{self._ko(chance)} {chance.randint(1, 99)}",
            "number only": lambda: str(chance.randint(1, 570)),
            "address": lambda: "{0} {2}, {1}".format(*chance.choice(self.streets), chance.randint(1, _HOUSES)),
            "address without accents": lambda: fold(
                f"{chance.choice(self.streets)[0]} {chance.randint(1, _HOUSES)}"
            ),
            "address being typed": lambda: _begin(chance, chance.choice(self.streets)[0]),
            "street": lambda: chance.choice(self.streets)[0],
            "one common word": lambda: chance.choice(_KINDS)[: chance.randint(2, 7)],
            "settlement": lambda: fold(chance.choice(self.streets)[1]),
            "one slip": lambda: _slip(chance, fold(" ".join(chance.choice(self.streets)))),
            "two slips and a number": lambda: (
                f"{_slip(chance, _slip(chance, fold(chance.choice(self.streets)[0])))} {chance.randint(1, 9)}"
            ),
            "nothing": lambda: "".join(chance.choices("bcdfghjkqwxz", k=9)),
        }
        return {kind: [make() for _ in range(_OF_A_KIND)] for kind, make in makers.items()}

    def _ko(self, chance: random.Random) -> int:
        return 100 + chance.randrange(max(self.parcels // _PER_KO, 1))


def main() -> None:
    """Make the land, start the service, ask with one client and with eight, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, value in (("parcels", 1_000_000), ("addresses", 600_000), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each kind and number of clients")
    given = parser.parse_args()
    with private_cluster() as (cluster, folder):
        _measure(cluster, folder, given)


def _measure(cluster: EmbeddedCluster, folder: Path, given: argparse.Namespace) -> None:
    urls = provision(cluster, "bench")
    database = Database(urls)
    migrate(database)
    portal = read_chosen_portal(Settings(home=folder))
    import_missing_layers(database, portal, folder, _report)
    layers = {layer.id: layer for layer in Catalogue(database).published()}
    database.dispose()
    land = Land(build_streets(max(given.addresses // _HOUSES, 1)), given.parcels)
    with psycopg.connect(plain_url(urls.loader), autocommit=True) as connection:
        _make_streets(connection, land)
        connection.execute(read_statement("benchmarks", "search_addresses"))
        _replace(connection, portal, layers["addresses"])
        connection.execute(read_statement("benchmarks", "search_parcels"), {"count": given.parcels})
        _replace(connection, portal, layers["parcels"])
    port, processes = free_port(), Processes(folder, "prostor")
    environment = service_environment(urls, folder, port, given.workers)
    processes.start([sys.executable, "-c", _PROGRAM, "serve"], environment)
    try:
        processes.await_port(port)
        _ask_all(port, land.questions(), given.seconds)
    finally:
        processes.stop()


def _make_streets(connection: Connection, land: Land) -> None:
    connection.execute(read_statement("benchmarks", "search_streets"))
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY streets FROM STDIN")) as copy,
    ):
        for place, (street, settlement) in enumerate(land.streets):
            copy.write_row((place, street, fold(street), settlement, fold(settlement)))


def _replace(connection: Connection, portal: Portal, layer: PublishedLayer) -> None:
    """Put the rows made in place of a layer's, then make what an import makes after its rows are in."""
    _report(f"Filling {layer.id}")
    name = layer.table_name
    table, copy = identifier(DATA, name), identifier(DATA, f"{name}_made")
    beside = {each: identifier(DATA, f"{name}_{each}") for each in ("pieces", "names", "words")}
    with connection.transaction():
        made = _column_names(connection, sql.Identifier("made"))
        columns = [
            sql.SQL("{}.{}").format(identifier("made" if each in made else "model"), identifier(each))
            for each in _column_names(connection, table)
        ]
        parts = {"copy": copy, "table": table, "columns": sql.SQL(", ").join(columns)}
        connection.execute(compose("benchmarks", "search_table", **parts))
        connection.execute(compose("layers", "drop_table", table=table, **beside))
        connection.execute(compose("benchmarks", "search_rename", copy=copy, plain=identifier(name)))
        connection.execute(read_statement("benchmarks", "search_end"))
        stored = stored_columns(layer.manifest, portal.crs, ())
        for statement in index_statements(name, stored, searched=True):
            connection.execute(statement)
        prepare_finding(connection, name, layer.manifest)
    connection.execute(sql.SQL("ANALYZE {}").format(table))


def _column_names(connection: Connection, table: sql.Composable) -> list[str]:
    cursor = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(table))
    return [column.name for column in cursor.description or ()]


def _ask_all(port: int, questions: Mapping[str, Sequence[str]], seconds: float) -> None:
    """One line for each kind: p50, p95 and p99 in milliseconds, with one client and with eight."""
    _ask(port, [texts[place] for place in range(8) for texts in questions.values()])
    _say("| question | 1 client: p50 | p95 | p99 | 8 clients: p50 | p95 | p99 |")
    _say("|---|---|---|---|---|---|---|")
    for kind, texts in questions.items():
        cells = [
            f"{quantile * 1e3:.0f}"
            for clients in (1, 8)
            for quantile in _quantiles(_ask_with_clients(port, texts, clients, seconds))
        ]
        _say(f"| {kind} (`{texts[0]}`) | {' | '.join(cells)} |")
    mixed = [text for texts in questions.values() for text in texts]
    random.Random(3).shuffle(mixed)  # noqa: S311  no secret
    cells = [
        f"{quantile * 1e3:.0f}"
        for clients in (1, 8)
        for quantile in _quantiles(_ask_with_clients(port, mixed, clients, 4 * seconds))
    ]
    _say(f"| **all, mixed** | {' | '.join(cells)} |")


def _ask_with_clients(port: int, texts: Sequence[str], clients: int, seconds: float) -> list[float]:
    """Seconds of every answer, each client asking its next question as soon as it has one."""
    times: list[float] = []
    ends_at = time.monotonic() + seconds

    def ask(first: int) -> None:
        place = first
        while time.monotonic() < ends_at:
            times.extend(_ask(port, [texts[place % len(texts)]]))
            place += clients

    threads = [threading.Thread(target=ask, args=(each,)) for each in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _ask(port: int, texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        began = time.perf_counter()
        connection.request("GET", f"/search?limit=8&lang=sl&q={quote(text)}")
        answer = connection.getresponse()
        body = answer.read()
        times.append(time.perf_counter() - began)
        connection.close()
        if answer.status != 200:
            sys.exit(f"{text!r} answered {answer.status}: {json.loads(body)}")
    return times


def _quantiles(times: Sequence[float]) -> list[float]:
    ordered = sorted(times)
    return [ordered[min(round(share * len(ordered)), len(ordered) - 1)] for share in (0.5, 0.95, 0.99)]


def _begin(chance: random.Random, text: str) -> str:
    return text[: chance.randint(2, len(text))].strip() or text


def _slip(chance: random.Random, text: str) -> str:
    """One letter changed, left out, doubled, or swapped with the next."""
    at = chance.randrange(1, max(len(text) - 2, 2))
    one, other = text[at : at + 1], text[at + 1 : at + 2]
    made = chance.choice((chance.choice("aeiorstn"), "", one + one, other + one))
    return text[:at] + made + text[at + (2 if made == other + one and len(made) == 2 else 1) :]


def _report(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
