"""`prostor layer history`, `diff` and `rollback`: what was done to a layer, what changed, and the way back."""

from __future__ import annotations

import itertools
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.errors import ConfigurationError, ConflictError, NotFoundError
from layers.catalogue import Catalogue
from layers.changes.comparison import read_changes, read_counts
from layers.changes.documents import ChangesQuestion, describe_change, describe_comparison, write_changes
from layers.changes.questions import find_before, parse_kind
from layers.loading.history import find_waiting, list_events
from layers.loading.rollback import roll_back
from prostor.commands.change_views import say_changes, show_changes, show_comparison
from prostor.commands.console import answer, say
from prostor.commands.layer_opening import layer_settings, opened
from prostor.commands.signature import find_signature
from prostor.commands.tables import counted, show_json, show_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.loading.history import Event

_SHORT_SHA256 = 12
LayerName = Annotated[str, typer.Argument(help="Id of the layer.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def history(layer: LayerName, as_json: AsJson = False) -> None:
    """Show who did what to a layer and when, also imports that came to nothing."""
    settings = layer_settings()
    with opened(settings) as database:
        events = list_events(database, layer)
    if as_json:
        show_json(events)
    else:
        show_rows(
            ["when", "who", "what", "version", "rows", "source", "sha256", "changes", "remark"],
            [_cells(event) for event in events],
        )


def rollback(
    layer: LayerName,
    version: Annotated[
        int | None, typer.Argument(help="Number of a kept version; the one published before when left out.")
    ] = None,
) -> None:
    """Publish an earlier version again; nothing is copied, and it has the addresses it had when published."""
    settings = layer_settings()
    with opened(settings) as database:
        done = roll_back(database, layer, version, who=find_signature())
    answer(f"Version {done.number} of {done.layer_id} is published again.")


def diff(
    layer: LayerName,
    before: Annotated[int | None, typer.Argument(help="Number of the earlier version.")] = None,
    after: Annotated[
        int | None, typer.Argument(help="Number of the later version; the published one when left out.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only these: added, removed, geometry or attributes.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many features.")] = 20,
    geojson: Annotated[
        Path | None, typer.Option(help="Write every feature that differs into this new file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what differs between two versions: without numbers, what a version that waits would change."""
    settings = layer_settings()
    wanted = None if kind is None else parse_kind(kind)
    with opened(settings) as database:
        catalogue = Catalogue(database)
        versions = catalogue.versions_with_waiting(layer)
        if not versions:
            with suppress(NotFoundError):
                catalogue.find(layer)  # says so when it was withdrawn
        old, new = _choose(versions, layer, before, after)
        question = ChangesQuestion(old, new, wanted, limit=limit)
        if geojson is not None:
            _write_geojson(database, ChangesQuestion(old, new, wanted), geojson)
        _show(database, question, as_json=as_json)


def _show(database: Database, question: ChangesQuestion, *, as_json: bool) -> None:
    counts = read_counts(database, question.before, question.after)
    found = read_changes(database, question.before, question.after, kind=question.kind, limit=question.limit)
    if as_json:
        told = describe_comparison(question.before, question.after, counts)
        show_json({**told, "changes": [describe_change(question, change) for change in found]})
        return
    show_comparison(question, counts)
    shown = show_changes(question, found)
    more = counts.of_kind(question.kind) - shown
    if more:
        say(
            f"{counted(more, 'more feature differs', 'more features differ')}; --limit shows more, "
            "--geojson FILE writes all of them."
        )


def _choose(
    versions: Sequence[PublishedLayer], layer_id: str, before: int | None, after: int | None
) -> tuple[PublishedLayer, PublishedLayer]:
    """The two versions meant. Raises NotFoundError, ConflictError with what there is."""
    if not versions:
        raise NotFoundError(
            f"There is no version of {layer_id[:64]!r}. `prostor layer list` shows the layers there are."
        )
    published = next((each for each in versions if each.state == "published"), None)
    if before is not None:
        newer = published if after is None else _numbered(versions, layer_id, after)
        if newer is None:
            raise ConflictError(f"Nothing of {layer_id!r} is published. Name two versions.")
        return _numbered(versions, layer_id, before), newer
    waiting = find_waiting((each.number, each.state) for each in versions)
    if published is not None and waiting is not None:
        return published, _numbered(versions, layer_id, waiting)
    if published is None:
        raise ConflictError(f"Nothing of {layer_id!r} is published yet, so there is nothing to compare with.")
    return find_before(published, [each for each in versions if each.state != "loaded"]), published


def _numbered(versions: Sequence[PublishedLayer], layer_id: str, number: int) -> PublishedLayer:
    found = [each for each in versions if each.number == number]
    if not found:
        kept = ", ".join(str(each.number) for each in versions)
        raise NotFoundError(f"There are no data of version {number} of {layer_id!r}. There are: {kept}.")
    return found[0]


def _write_geojson(database: Database, question: ChangesQuestion, path: Path) -> None:
    """Write a new file; one that is there is somebody's work, and half a file is none."""
    chunks = write_changes(database, question, "geojson", lambda _key: [])
    first = next(chunks)
    try:
        with path.open("xb") as file:
            for chunk in itertools.chain([first], chunks):
                file.write(chunk)
    except FileExistsError as exc:
        raise ConfigurationError(f"{path.name} is there already; it was left as it is.") from exc
    except OSError as exc:
        raise ConfigurationError(
            f"The changes cannot be written to {path} ({exc.strerror}). Name a folder that is there."
        ) from exc
    say(f"The features that differ are in {path}.")


def _cells(event: Event) -> tuple[object, ...]:
    sha256 = event.source_sha256[:_SHORT_SHA256] if event.source_sha256 else None
    changes = say_changes(event.changes, event.row_count)
    return (
        event.at, event.who, event.action, event.number, event.row_count, event.source_name, sha256, changes,
        event.message,
    )  # fmt: skip
