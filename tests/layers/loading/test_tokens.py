"""The token of what is served: what waits or is kept never changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from layers.catalogue import Catalogue
from layers.loading.publish import publish_version
from layers.loading.retire import sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

pytestmark = pytest.mark.database


@pytest.fixture
def load(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> Callable[..., Any]:
    """Imports ten fields, by a manifest with these parts."""
    return lambda hold=False, **parts: run_import_of(
        fields_manifest(**parts), write_fields(range(10)), hold=hold
    )


def test_a_waiting_import_changes_no_row_of_the_published_version(
    run_import_of: Any, load: Callable[..., Any]
) -> None:
    """The same content in other words, held: every value of the published version and of its layer stays."""
    served = load()
    published = (
        "SELECT to_jsonb(v), to_jsonb(l) FROM catalogue.layer_version AS v "
        "JOIN catalogue.layer AS l ON l.current_version_id = v.id"
    )
    before = run_import_of.rows(published)

    waiting = load(hold=True, title={"sl": "Polja"})

    assert waiting.outcome == "waiting"
    assert waiting.token != served.token
    assert run_import_of.rows(published) == before
    assert Catalogue(run_import_of.database).find_version("fields", served.token).number == 1


def test_what_waited_takes_the_token_when_it_is_published(run_import_of: Any, load: Callable[..., Any]) -> None:
    """The addresses of tiles stay, because the content does; the older wording stays readable under its own."""
    database = run_import_of.database
    served = load()
    load(hold=True, title={"sl": "Polja"})
    publish_version(database, "fields", None, who="ana", confirm=True)

    catalogue = Catalogue(database)
    published, kept = catalogue.find("fields"), catalogue.versions("fields")[1]

    assert (published.number, published.token) == (2, served.token)
    assert published.manifest.title.sl == "Polja"
    assert catalogue.find_version("fields", kept.token).manifest.title.sl == "Njive"


def test_another_name_over_the_same_values_is_another_token(load: Callable[..., Any]) -> None:
    """Two columns whose names were exchanged hold the same bytes, and are not the same content."""
    number = {"source": ["ST"], "title": {"sl": "Številka"}}
    area = {"source": ["POVR"], "type": "number", "title": {"sl": "Površina"}}
    first = load(columns={"number": number, "area": area})

    second = load(columns={"number": number, "size": area})

    assert second.token != first.token
    assert second.outcome == "waiting"
    assert "columns were taken away" in second.hold_reason


def test_waiting_versions_do_not_pile_up(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Every week a new file that somebody has to look at: only the newest of them keeps its table."""
    load()
    for edition in ("a", "b", "c"):
        load(hold=True, source={"attribution": {"sl": edition}}, tiles={"columns": ["number"]})
        load(hold=True, source={"attribution": {"sl": edition}}, tiles={"columns": ["area"]})

    sweep(run_import_of.database, run_import_of.home, quiet_seconds=0)

    assert run_import_of.rows("SELECT number, state FROM catalogue.layer_version ORDER BY number") == [
        (1, "published"), *((number, "dropped") for number in range(2, 7)), (7, "loaded")
    ]  # fmt: skip
    assert publish_version(run_import_of.database, "fields", None, who="ana", confirm=True).number == 7
    assert Catalogue(run_import_of.database).find("fields").row_count == 10


@pytest.mark.parametrize("parts", [{}, {"title": {"sl": "Polja"}}])
def test_a_dry_run_says_what_an_import_would(
    run_import_of: Any,
    fields_manifest: Callable[..., Manifest],
    write_fields: Callable[..., Path],
    parts: dict[str, Any],
) -> None:
    """Also what only a comparison of rows shows: keys numbered anew, features that moved. It keeps nothing."""
    run_import_of(fields_manifest(), write_fields(range(30)))
    counted = (
        "SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = 'data'), "
        "(SELECT count(*) FROM catalogue.audit)"
    )
    before = run_import_of.rows(counted)
    moved, renamed = (
        write_fields(range(30), shift=400.0, name="moved.gpkg"),
        write_fields(range(50, 80), name="b.gpkg"),
    )

    told = [run_import_of(fields_manifest(**parts), source, dry_run=True) for source in (moved, renamed)]

    assert [
        "30 of 30 features moved by the same 400.0 m" in str(told[0].hold_reason),
        told[0].changes.geometry,
    ] == [True, 30]
    assert "30 of 30 published keys are gone" in str(told[1].hold_reason)
    assert run_import_of.rows(counted) == before
    done = run_import_of(fields_manifest(**parts), moved)
    assert (done.hold_reason, done.changes) == (told[0].hold_reason, told[0].changes)
