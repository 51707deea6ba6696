"""What every `prostor layer …` command begins with: the settings, and a database with a catalogue in it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gis.logs import configure_logging_to_file
from gis.settings import Settings, read_settings
from layers.migrations import migrate
from prostor.commands.console import say
from prostor.connecting import check_migrations, connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.database import Database


def layer_settings() -> Settings:
    """The settings; events go to a file, so that a clerk reads sentences only."""
    settings = read_settings()
    configure_logging_to_file(settings, settings.home / "log" / "layers.log")
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database with a catalogue in it: an embedded one is migrated, an existing one is only looked at."""
    with connected(settings, say) as database:
        if settings.uses_embedded_cluster:
            migrate(database)
        else:
            warning = check_migrations(database)
            if warning:
                say(warning)
        yield database
