"""`prostor layer …`: look into a source, import and publish layers, and see what was done to them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.errors import ConfigurationError, ProstorError, UnavailableError
from layers.drafting import draft_manifest
from layers.introspect import advise_crs, inspect_source
from layers.loading.history import list_layers, list_versions
from layers.loading.importing import ImportReport, import_layer
from layers.loading.publish import publish_version
from layers.loading.retire import sweep
from layers.manifest import read_manifest
from prostor.commands import layer_export, layer_history, layer_withdraw
from prostor.commands.console import answer, say
from prostor.commands.inspection_view import inspection_as_json, show_inspection
from prostor.commands.layer_opening import layer_settings, opened
from prostor.commands.layer_progress import shown_progress
from prostor.commands.layer_views import show_import, show_layer, show_layers
from prostor.commands.signature import find_signature
from prostor.commands.tables import show_json
from prostor.portal_choice import find_portal_folder, read_chosen_portal
from tiles.grid import read_grids

if TYPE_CHECKING:
    from gis.database import Database
    from gis.settings import Settings
    from layers.manifest import Manifest
    from layers.portal import Portal

app = typer.Typer(
    help="Layers: inspect, import, publish, and what happened to them.",
    epilog=(
        "A new layer: inspect FILE --write-manifest, fill in the manifest, import --dry-run, import. "
        "Exit status: 0 done or waiting for you, 1 refused, 2 typed wrongly. "
        "Step by step: docs/guides/publishing.en.md, publishing.sl.md."
    ),
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command("inspect")
def inspect(
    source: Annotated[Path, typer.Argument(help="SHP, ZIP with a SHP, GPKG, GeoJSON or CSV.")],
    layer: Annotated[str | None, typer.Option(help="Layer of a GeoPackage with several.")] = None,
    write_manifest: Annotated[Path | None, typer.Option(help="Write the draft of a manifest here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is in a file: layers, columns, encoding, CRS, shapes and extent; draft its manifest."""
    settings = layer_settings()
    with shown_progress(source.name) as listener:
        inspected = inspect_source(source, home=settings.home, layer=layer, progress=listener)
    portal = _portal_if_any(settings)
    found = [(each, advise_crs(each, portal)) for each in inspected.inspection.layers]
    if as_json:
        show_json([inspection_as_json(each, advice) for each, advice in found])
    else:
        for each, advice in found:
            show_inspection(inspected, each, advice)
    if write_manifest is not None:
        if len(found) != 1:
            raise ConfigurationError("The source has several layers; say with --layer which one to draft.")
        way = os.path.relpath(source.resolve(), write_manifest.parent.resolve())
        _write_draft(write_manifest, draft_manifest(inspected, *found[0], file=Path(way).as_posix()))
        say(f"The draft is in {write_manifest}. Read it through, then: prostor layer import {write_manifest}")


@app.command("import")
def import_command(
    manifests: Annotated[list[str], typer.Argument(help="Manifest files, or ids of layers of the portal.")],
    source: Annotated[Path | None, typer.Option(help="Read this file instead of the manifest's.")] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help=(
                "Read, check and compare with what is published, and keep nothing of it. Takes as long as an "
                "import but for its indexes, and for that time room for the rows in the database."
            ),
        ),
    ] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Load, but do not publish yet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import layers and publish them, unless something stands against it."""
    settings = layer_settings()
    portal = read_chosen_portal(settings)
    chosen = [_find_manifest(settings, name) for name in manifests]
    if source is not None and len(chosen) != 1:
        raise ConfigurationError("--source goes with one manifest; several were named.")
    reports: list[ImportReport] = []
    refusals: list[str] = []
    with opened(settings) as database:
        sweep(database, settings.home)
        for manifest in chosen:
            try:
                reports.append(
                    _import_one(database, settings, portal, manifest, source=source, dry_run=dry_run, hold=hold)
                )
            except ProstorError as exc:
                refusals.append(exc.sentence)
                say(exc.sentence)
                continue
            if not as_json:
                show_import(reports[-1])
        if refusals:
            # A table that was withdrawn while an import was reading it is nobody else's to delete soon.
            with suppress(UnavailableError):
                sweep(database, settings.home)
    if as_json:
        show_json({"imported": reports, "refused": refusals})
    if refusals:
        raise typer.Exit(1)


@app.command("publish")
def publish(
    layer: Annotated[str, typer.Argument(help="Id of the layer.")],
    version: Annotated[
        int | None, typer.Argument(help="Number of the version; the waiting one when left out.")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Publish although something stands against it.")
    ] = False,
) -> None:
    """Publish a version that waits, or one that was kept."""
    settings = layer_settings()
    with opened(settings) as database:
        done = publish_version(database, layer, version, who=find_signature(), confirm=confirm)
    answer(f"Version {done.number} of {done.layer_id} is published.")


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """Show every layer: what is published, and what waits."""
    settings = layer_settings()
    with opened(settings) as database:
        layers = list_layers(database)
    if as_json:
        show_json(layers)
    else:
        show_layers(layers)


@app.command("show")
def show(layer: Annotated[str, typer.Argument(help="Id of the layer.")], as_json: AsJson = False) -> None:
    """Show one layer: its published version, where it came from, its quality, and its other versions."""
    settings = layer_settings()
    with opened(settings) as database:
        versions = list_versions(database, layer)
    if as_json:
        show_json(versions)
    else:
        show_layer(layer, versions)


app.command("history")(layer_history.history)
app.command("diff")(layer_history.diff)
app.command("rollback")(layer_history.rollback)
app.command("export")(layer_export.export)
app.command("withdraw")(layer_withdraw.withdraw)


def _import_one(
    database: Database,
    settings: Settings,
    portal: Portal,
    manifest: Manifest,
    *,
    source: Path | None,
    dry_run: bool,
    hold: bool,
) -> ImportReport:
    targets = [grid.target() for grid in read_grids(portal).values()]
    with shown_progress(manifest.id) as listener:
        return import_layer(
            database,
            portal,
            manifest,
            targets=targets,
            home=settings.home,
            source=source,
            hold=hold,
            dry_run=dry_run,
            who=find_signature(),
            progress=listener,
        )


def _write_draft(path: Path, draft: str) -> None:
    """Write a new file; one that is there is somebody's finished work."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(draft)
    except FileExistsError as exc:
        raise ConfigurationError(f"{path.name} is there already; it was left as it is.") from exc
    except OSError as exc:
        raise ConfigurationError(
            f"The draft cannot be written to {path} ({exc.strerror}). Name a folder that is there."
        ) from exc


def _find_manifest(settings: Settings, name: str) -> Manifest:
    path = Path(name)
    if not path.exists() and path.suffix != ".toml":
        path = find_portal_folder(settings) / "layers" / f"{name}.toml"
    return read_manifest(path)


def _portal_if_any(settings: Settings) -> Portal | None:
    folder = find_portal_folder(settings)
    return read_chosen_portal(settings) if (folder / "portal.toml").exists() else None
