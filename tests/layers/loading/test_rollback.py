"""Going back: the pointer moves, no row is copied, and the imports after it find their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import ConflictError, GoneError, NotFoundError
from layers.catalogue import Catalogue
from layers.loading.history import list_events, list_versions
from layers.loading.journal import layer_lock
from layers.loading.publish import publish_version
from layers.loading.retire import sweep
from layers.loading.rollback import roll_back
from layers.loading.withdraw import withdraw_layer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

pytestmark = pytest.mark.database


@pytest.fixture
def load(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> Callable[..., Any]:
    """Imports so many fields."""

    def run(rows: int, **parts: Any) -> Any:
        return run_import_of(fields_manifest(**parts), write_fields(range(rows), name=f"fields{rows}.gpkg"))

    return run


def states(importer: Any) -> list[tuple[int, str]]:
    """Number and state of every version, newest first."""
    return [(each.number, each.state) for each in list_versions(importer.database, "fields")]


def test_rollback_goes_to_what_was_published_before(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Not to the number before: version 2 was replaced by 1, and 3 replaced that."""
    database = run_import_of.database
    first = load(10)
    load(11)
    publish_version(database, "fields", 1, who="ana", confirm=False)
    load(12)
    tables = run_import_of.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'data'")

    done = roll_back(database, "fields", who="bor")

    assert (done.number, states(run_import_of)) == (1, [(3, "kept"), (2, "kept"), (1, "published")])
    assert Catalogue(database).find("fields").token == first.token
    assert run_import_of.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'data'") == tables
    event = list_events(database, "fields")[0]
    assert (event.who, event.action, event.number) == ("bor", "rolled back", 1)
    assert event.message == "instead of version 3"


def test_a_second_rollback_goes_further_back(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Not forth and back; forth again is `publish`."""
    database = run_import_of.database
    for rows in (10, 11, 12):
        load(rows)

    numbers = [roll_back(database, "fields", who="ana").number for _ in range(2)]

    assert numbers == [2, 1]
    with pytest.raises(
        ConflictError, match=r"No version of 'fields' was published before version 1\. Kept are: 3, 2"
    ):
        roll_back(database, "fields", who="ana")
    assert publish_version(database, "fields", 3, who="ana", confirm=False).number == 3


def test_rollback_to_a_number(run_import_of: Any, load: Callable[..., Any]) -> None:
    """A kept one; anything else is refused with what there is."""
    database = run_import_of.database
    for rows in (30, 31, 32, 5):
        load(rows)

    assert roll_back(database, "fields", 1, who="ana").number == 1
    for number, sentence in (
        (1, "is the published one already"),
        (4, "was never published. If it is right: prostor layer publish fields 4"),
        (9, "has no version 9. Kept are: 3, 2."),
    ):
        with pytest.raises((ConflictError, NotFoundError), match=sentence):
            roll_back(database, "fields", number, who="ana")


def test_nothing_to_go_back_to(run_import_of: Any, load: Callable[..., Any]) -> None:
    """An unknown layer, one with a single version, one whose version before is gone, and a withdrawn one."""
    database = run_import_of.database
    with pytest.raises(NotFoundError, match="Nothing of 'meadows' is published"):
        roll_back(database, "meadows", who="ana")
    load(10)
    with pytest.raises(ConflictError, match="No version of 'fields' but the published one, 1, is kept"):
        roll_back(database, "fields", who="ana")
    for rows in range(11, 15):
        load(rows)
    roll_back(database, "fields", 2, who="ana")
    sweep(database, run_import_of.home, quiet_seconds=0)
    with pytest.raises(GoneError, match=r"Version 1 of 'fields', .* is no longer kept\. Kept are: 5, 4, 3"):
        roll_back(database, "fields", who="ana")
    with pytest.raises(GoneError, match="no longer kept"):
        roll_back(database, "fields", 1, who="ana")
    withdraw_layer(database, "fields", who="ana", reason=None)
    with pytest.raises(NotFoundError, match="Nothing of 'fields' is published"):
        roll_back(database, "fields", who="ana")


def test_the_next_import_after_a_rollback(run_import_of: Any, load: Callable[..., Any]) -> None:
    """What was rolled back is imported again and published under its own token, and no row is copied."""
    database = run_import_of.database
    first, second = load(10), load(11)
    roll_back(database, "fields", who="ana")

    same, again = load(10), load(11)

    assert (same.outcome, same.number) == ("unchanged", 1)
    assert (again.outcome, again.number, again.token) == ("published", 3, second.token)
    assert states(run_import_of) == [(3, "published"), (2, "kept"), (1, "kept")]
    catalogue = Catalogue(database)
    assert {each.table_name for each in catalogue.versions("fields")} == {"v1", "v2"}
    assert catalogue.find_version("fields", first.token).number == 1
    assert again.changes.added == 1


def test_a_rollback_of_other_wording(run_import_of: Any, load: Callable[..., Any]) -> None:
    """The older wording comes back under a token of its own, and imports still know the rows."""
    database = run_import_of.database
    watching = Catalogue(database, remember_seconds=0)
    first = load(10)
    assert watching.find("fields").token == first.token
    second = load(10, title={"sl": "Polja"})
    roll_back(database, "fields", who="ana")

    published, seen_anew = watching.find("fields"), Catalogue(database).find("fields")
    again = load(10, title={"sl": "Polja"})

    assert first.token == second.token
    assert (published.number, published.manifest.title.sl) == (1, "Njive")
    assert published.token != first.token
    assert published == seen_anew
    assert watching.find_version("fields", published.token).number == 1
    assert watching.find("fields").manifest.title.sl == "Polja"
    assert (again.outcome, again.number, again.token) == ("published", 3, first.token)
    assert len({each.token for each in watching.versions("fields")}) == 3
    assert load(10, title={"sl": "Polja"}).outcome == "unchanged"


def test_while_a_layer_is_imported_nobody_else_touches_it(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Import, publish, rollback and withdraw are told, and change nothing."""
    database = run_import_of.database
    load(10)
    load(11)

    with layer_lock(database, "fields"):
        for attempt in (
            lambda: load(12),
            lambda: publish_version(database, "fields", 1, who="bor", confirm=True),
            lambda: roll_back(database, "fields", who="bor"),
            lambda: withdraw_layer(database, "fields", who="bor", reason=None),
        ):
            with pytest.raises(ConflictError, match="imported or published by somebody else right now"):
                attempt()

    assert states(run_import_of) == [(2, "published"), (1, "kept")]
