"""`prostor up`: everything a newcomer needs with one command, and everything of it stopped with Ctrl-C.

With an existing PostGIS it only serves: nothing is migrated or loaded there unasked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.logs import configure_logging
from gis.settings import read_settings
from layers.loading.retire import sweep
from layers.migrations import migrate
from prostor import serving
from prostor.commands.console import answer, progress, say
from prostor.connecting import check_migrations, connected
from prostor.portal_choice import read_chosen_portal
from prostor.sample import load_sample
from prostor.single_run import single_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.database import Database
    from gis.settings import Settings


def up() -> None:
    """Start the embedded PostGIS when no database is set, migrate, load the sample when empty, and serve."""
    settings = read_settings()
    configure_logging(_without_repetition(settings))
    with single_run(settings.home) as write_down, serving.stopped_gently(say):
        read_chosen_portal(settings)
        serving.reserve_address(settings)
        with connected(settings, say) as database:
            with progress() as report:
                _prepare(settings, database, report)
            serving.serve(settings, database.urls, lambda address: _announce(address, write_down))
            say("Stopping")


def _prepare(settings: Settings, database: Database, report: Callable[[str], None]) -> None:
    if settings.uses_embedded_cluster:
        report("Bringing the catalogue up to date")
        migrate(database)
        sweep(database, settings.home)
        load_sample(settings, database, report)
    else:
        warning = check_migrations(database)
        if warning is not None:
            report(warning)
    database.dispose()


def _without_repetition(settings: Settings) -> Settings:
    """The steps are told as progress here, so the events that say the same are left out; workers log all."""
    return settings.model_copy(update={"log_level": "warning"}) if settings.log_level == "info" else settings


def _announce(address: str, write_down: Callable[[str], None]) -> None:
    write_down(address)
    say("Prostor is ready; stop it with Ctrl-C.")
    answer(address)
