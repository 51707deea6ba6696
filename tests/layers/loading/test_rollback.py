"""Going back: the pointer moves, no row is copied, and the imports after it find their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import ConflictError, GoneError, NotFoundError
from layers.catalogue import Catalogue
from layers.loading.history import list_events, list_layers, list_versions
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
    """Imports so many fields; as many are always the same file."""
    sources: dict[int, Path] = {}

    def run(rows: int, *, hold: bool = False, dry_run: bool = False, **parts: Any) -> Any:
        if rows not in sources:
            sources[rows] = write_fields(range(rows), name=f"fields{rows}.gpkg")
        return run_import_of(fields_manifest(**parts), sources[rows], hold=hold, dry_run=dry_run)

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
    with pytest.raises(GoneError, match="'fields' is withdrawn, and its data were deleted"):
        roll_back(database, "fields", who="ana")


def test_the_next_import_after_a_rollback(run_import_of: Any, load: Callable[..., Any]) -> None:
    """What was rolled back from waits when it comes again; confirmed, it has its token and no row is copied."""
    database = run_import_of.database
    first, second = load(10), load(11)
    roll_back(database, "fields", who="ana")

    same, again = load(10), load(11)
    served = Catalogue(database).find("fields")
    publish_version(database, "fields", None, who="ana", confirm=True)

    assert (same.outcome, same.number) == ("unchanged", 1)
    assert (again.outcome, again.number, again.changes.added) == ("waiting", 3, 1)
    assert "it is the same as version 2, which was rolled back on 20" in again.hold_reason
    assert (served.number, served.token) == (1, first.token)
    assert states(run_import_of) == [(3, "published"), (2, "kept"), (1, "kept")]
    catalogue = Catalogue(database)
    assert {each.table_name for each in catalogue.versions("fields")} == {"v1", "v2"}
    assert catalogue.find("fields").token == second.token
    assert catalogue.find_version("fields", first.token).number == 1
    assert load(11).outcome == "unchanged"


def test_a_mended_file_after_a_rollback(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Other content is published at once; what was confirmed after the rollback does not wait a second time."""
    database = run_import_of.database
    load(10)
    load(11)
    roll_back(database, "fields", who="ana")
    publish_version(database, "fields", 2, who="ana", confirm=False)
    load(12)

    again = load(11)

    assert again.outcome == "published"
    roll_back(database, "fields", 1, who="ana")
    assert load(13).outcome == "published"


def test_what_was_rolled_back_waits_also_for_a_new_release(
    run_import_of: Any, load: Callable[..., Any]
) -> None:
    """The same file by the same manifest is known as the same, even where rows are stored otherwise now."""
    database = run_import_of.database
    load(10)
    load(11)
    roll_back(database, "fields", who="ana")
    with database.loading() as connection:
        connection.execute(
            "UPDATE catalogue.layer_version SET content_token = md5(content_token), "
            'quality = quality || \'{"fingerprint": "of an earlier release"}\''
        )

    assert load(11).outcome == "waiting"


def test_a_rollback_of_other_wording(run_import_of: Any, load: Callable[..., Any]) -> None:
    """The older wording comes back with the token of the content; the newer one waits when it comes again."""
    database = run_import_of.database
    watching = Catalogue(database, remember_seconds=0)
    first = load(10)
    assert watching.find("fields").token == first.token
    second = load(10, title={"sl": "Polja"})
    roll_back(database, "fields", who="ana")

    published, seen_anew = watching.find("fields"), Catalogue(database).find("fields")
    again, other = load(10, title={"sl": "Polja"}), load(10, title={"sl": "Trate"})

    assert first.token == second.token == published.token == other.token
    assert (published.number, published.manifest.title.sl) == (1, "Njive")
    assert published == seen_anew
    assert (again.outcome, again.number) == ("waiting", 3)
    assert (other.outcome, watching.find("fields").manifest.title.sl) == ("published", "Trate")
    assert len({each.token for each in watching.versions_with_waiting("fields")}) == 4
    assert load(10, title={"sl": "Trate"}).outcome == "unchanged"


def test_a_dry_run_knows_of_the_rollback(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Also where no row differs: what is published, what is other words only, and what was rolled back from."""
    load(10)
    same, worded = load(10, dry_run=True), load(10, dry_run=True, title={"sl": "Polja"})
    load(10, title={"sl": "Polja"})
    roll_back(run_import_of.database, "fields", who="ana")

    again = load(10, dry_run=True, title={"sl": "Polja"})

    assert (same.number, same.changes, same.hold_reason) == (1, None, None)
    assert (worded.number, worded.changes.total, worded.hold_reason) == (None, 0, None)
    assert "it is the same as version 2, which was rolled back on 20" in str(again.hold_reason)
    assert load(10, title={"sl": "Polja"}).hold_reason == again.hold_reason


def test_an_older_waiting_version_does_not_wait_again(run_import_of: Any, load: Callable[..., Any]) -> None:
    """It was overtaken by the version that was rolled back from, and is published only by its number."""
    database = run_import_of.database
    load(10)
    load(11, hold=True)
    load(12)
    roll_back(database, "fields", 1, who="ana")

    with pytest.raises(NotFoundError, match="has no version that waits"):
        publish_version(database, "fields", None, who="ana", confirm=True)

    assert [layer.waiting for layer in list_layers(database)] == [None]
    assert publish_version(database, "fields", 2, who="ana", confirm=True).number == 2


def test_while_a_layer_is_imported_nobody_else_touches_it(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Import, publish and rollback are told, and change nothing."""
    database = run_import_of.database
    load(10)
    load(11)

    with layer_lock(database, "fields"):
        for attempt in (
            lambda: load(12),
            lambda: publish_version(database, "fields", 1, who="bor", confirm=True),
            lambda: roll_back(database, "fields", who="bor"),
        ):
            with pytest.raises(ConflictError, match="imported or published by somebody else right now"):
                attempt()

    assert states(run_import_of) == [(2, "published"), (1, "kept")]
