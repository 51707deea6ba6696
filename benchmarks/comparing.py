"""What it costs to say what differs between two versions, against the plain statement for it, in one run.

    python -m benchmarks.comparing [--parcels 300000] [--rounds 5]

One feature in a hundred differs. First all differences are counted, as every import does; then one page of a
hundred is read from the middle of the list, with both tables read whole, and along the keys. Only ratios mean
anything; they stand in docs/operations/comparing-speed.md.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.private_cluster import private_database
from benchmarks.tiles import import_parcels
from gis.logs import configure_logging
from gis.settings import Settings
from gis.statements import compose, identifier, read_statement
from layers.catalogue import Catalogue
from layers.changes.comparison import count_changes, read_changes
from layers.changes.statements import Pair, Stored, select_changes, select_found, walk_keys, walk_up_to
from layers.loading.plan import table_name
from layers.loading.publish import move_pointer
from layers.model import DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import psycopg
    import sqlalchemy as sa

    from gis.database import Database
    from layers.catalogue import PublishedLayer

    Connection = psycopg.Connection[tuple[object, ...]]
    Counted = tuple[int, ...]

PAGE = 100


def main() -> None:
    """Import, change, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    configure_logging(Settings(log_level="warning"))
    with private_database() as (database, home):
        before = import_parcels(database, home, given.parcels)
        after = publish_changed(database, before)
        report_counting(database, Pair(Stored.of(before), Stored.of(after)), given.rounds)
        report_page(database, before, after, given.rounds)


def publish_changed(database: Database, layer: PublishedLayer) -> PublishedLayer:
    """A second version in which one feature in a hundred differs."""
    with database.loading() as connection:
        row: Any = connection.execute(
            read_statement("benchmarks", "copy_version"), {"id": layer.version_id, "edition": 2}
        ).fetchone()
        table = identifier(DATA, table_name(row[0]))
        connection.execute(
            compose("benchmarks", "keep_rows", table=table, source=identifier(DATA, layer.table_name))
        )
        for name in ("change_some_rows", "index_keys", "analyze_rows"):
            connection.execute(compose("benchmarks", name, table=table))
        move_pointer(connection, layer.id, row[0], who="benchmark", facts={})
    catalogue = Catalogue(database)
    return catalogue.find(layer.id)


def report_counting(database: Database, pair: Pair, rounds: int) -> None:
    """Our counting and the plain statement in turn, the latter also with our room to work in."""
    ways: dict[str, Callable[[Connection], Counted]] = {
        "Prostor": lambda connection: count_ours(connection, pair),
        "FULL JOIN": lambda connection: count_naively(connection, pair),
        "FULL JOIN, 128 MB": lambda connection: count_with_room(connection, pair),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    counted: dict[str, Counted] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            with database.loading() as connection:
                began = time.perf_counter()
                counted[name] = way(connection)
                seconds[name].append(time.perf_counter() - began)
    if len(set(counted.values())) != 1:
        msg = f"the counts differ: {counted}"
        raise SystemExit(msg)
    say(f"counting what differs between two versions of {pair.after.row_count} features")
    say(f"  added, removed, geometry, attributes: {counted['Prostor']}")
    ours = statistics.median(seconds["Prostor"])
    for name, each in seconds.items():
        median = statistics.median(each)
        say(f"  {name:20} median {median:7.3f} s   min {min(each):7.3f} s   x Prostor {median / ours:5.2f}")


def count_ours(connection: Connection, pair: Pair) -> Counted:
    """As an import counts."""
    counts = count_changes(connection, pair.before, pair.after)
    return (counts.added, counts.removed, counts.geometry, counts.attributes)


def count_naively(connection: Connection, pair: Pair) -> Counted:
    """As somebody would type it."""
    tables = {"before": pair.before.table_name, "after": pair.after.table_name}
    named = {name: identifier(DATA, table) for name, table in tables.items()}
    row: Any = connection.execute(compose("benchmarks", "differ_naively", **named)).fetchone()
    return tuple(row)


def count_with_room(connection: Connection, pair: Pair) -> Counted:
    """As somebody would type it who knows of `work_mem`."""
    connection.execute(read_statement("layers", "prepare_comparing"))
    return count_naively(connection, pair)


def report_page(database: Database, before: PublishedLayer, after: PublishedLayer, rounds: int) -> None:
    """One page in the middle, as EXPLAIN ANALYZE tells it; both ways have to find the same features."""
    pair = Pair(Stored.of(before), Stored.of(after))
    everything = [change.place for change in read_changes(database, before, after)]
    place = everything[len(everything) // 2]
    wanted = [key for key, _ in everything[len(everything) // 2 + 1 :][:PAGE]]
    page = read_changes(database, before, after, after_place=place, limit=PAGE)
    if [change.key for change in page] != wanted:
        raise SystemExit("a page holds other features than the list")
    say(f"a page of {PAGE} in the middle of {len(everything)} features that differ")
    with database.reading("downloads") as connection:
        connection.exec_driver_sql(read_statement("layers", "prepare_reading_changes"))
        whole = select_changes(pair, after=place, limit=PAGE)
        report_plans("both tables whole", connection, [whole], rounds)
        connection.exec_driver_sql(read_statement("layers", "prepare_walking_changes"))
        first, second = walk_keys(pair, after=place, limit=PAGE)
        found = list(connection.execute(first))
        bound = walk_up_to(second, found[-1].key)
        told = select_found(pair, [*found, *connection.execute(bound)], PAGE)
        report_plans("along the keys", connection, [first, bound, told], rounds)


def report_plans(
    name: str, connection: sa.Connection, statements: Sequence[sa.Select[Any]], rounds: int
) -> None:
    """Time and blocks of statements that belong together."""
    milliseconds, blocks = [], 0
    for _ in range(rounds):
        plans = [explain(connection, statement) for statement in statements]
        milliseconds.append(sum(float(plan["Execution Time"]) for plan in plans))
        blocks = sum(int(plan["Plan"][f"Shared {kind} Blocks"]) for plan in plans for kind in ("Hit", "Read"))
    say(f"  {name:20} median {statistics.median(milliseconds):8.1f} ms   {blocks:9} blocks")


def explain(connection: sa.Connection, statement: sa.Select[Any]) -> dict[str, Any]:
    """The plan of a statement that was carried out, with times and blocks."""
    compiled = statement.compile(dialect=connection.dialect)
    asked = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + str(compiled)
    (plan,) = connection.exec_driver_sql(asked, dict(compiled.params)).scalar_one()
    return dict(plan)


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
