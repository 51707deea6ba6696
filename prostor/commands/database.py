"""`prostor database …`: start, stop and look at the embedded PostGIS, and bring a catalogue up to date."""

from __future__ import annotations

import typer

from gis.cluster import EmbeddedCluster
from gis.cluster_sharing import keep_running, stop_now
from gis.errors import ConfigurationError
from gis.settings import Settings, read_settings
from layers.migrations import migrate as migrate_catalogue
from prostor.commands.console import answer, progress
from prostor.connecting import connected

app = typer.Typer(help="The embedded PostGIS, and migrations of any.", no_args_is_help=True)


@app.command()
def start() -> None:
    """Start the embedded PostGIS and leave it running until `prostor database stop`."""
    settings = _embedded_settings()
    with progress() as report:
        keep_running(settings.home, report)
    answer(_state(settings))


@app.command()
def stop() -> None:
    """Stop the embedded PostGIS, when no other command uses it."""
    settings = _embedded_settings()
    with progress() as report:
        stop_now(settings.home, report)
    answer(_state(settings))


@app.command()
def status() -> None:
    """Say whether the embedded PostGIS runs, and where it lies. Exit status 1 when it does not run."""
    settings = _embedded_settings()
    answer(_state(settings))
    if EmbeddedCluster(settings.home).status().pid is None:
        raise typer.Exit(1)


@app.command()
def migrate() -> None:
    """Bring the catalogue to the newest revision, in the embedded or in an existing PostGIS."""
    with progress() as report, connected(read_settings(), report) as database:
        revision = migrate_catalogue(database)
    answer(f"The catalogue is at revision {revision}.")


def _embedded_settings() -> Settings:
    settings = read_settings()
    if not settings.uses_embedded_cluster:
        raise ConfigurationError(
            "PROSTOR_DATABASE_URL names an existing PostGIS; start and stop that one with its own tools."
        )
    return settings


def _state(settings: Settings) -> str:
    found = EmbeddedCluster(settings.home).status()
    if found.version is None:
        return f"There is no embedded database in {settings.home} yet."
    running = f"runs as process {found.pid}" if found.pid is not None else "does not run"
    return (
        f"The embedded database {running}.\n"
        f"PostgreSQL {found.version}, user {found.user}\ndata    {found.data}\nlog     {found.log}\n"
        f"socket  {found.socket_folder}"
    )
