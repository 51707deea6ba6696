"""`prostor serve`: only the web service."""

from __future__ import annotations

from gis.logs import configure_logging
from gis.settings import read_settings
from prostor import serving
from prostor.commands.console import answer, say
from prostor.connecting import check_migrations, connected


def serve() -> None:
    """Serve what is published, on PROSTOR_HOST and PROSTOR_PORT; migrate and load nothing."""
    settings = read_settings()
    configure_logging(settings)
    with serving.stopped_gently(say), connected(settings, say) as database:
        warning = check_migrations(database)
        if warning is not None:
            say(warning)
        serving.serve(settings, database.urls, answer)
