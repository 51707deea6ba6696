"""The command line `prostor …`: one module per command, put together here.

Exit status 0 when it went well, 1 when it failed, with one sentence on standard error, 2 for wrong usage.
"""

from __future__ import annotations

import sys

import typer

from gis.errors import ProstorError
from gis.logs import logger
from prostor.commands import database, doctor, layer, map_export, serve, up
from prostor.commands.console import say

app = typer.Typer(
    name="prostor",
    help="Spatial data viewer and GIS publishing service for municipalities.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("up")(up.up)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.add_typer(database.app, name="database")
app.add_typer(layer.app, name="layer")
app.add_typer(map_export.app, name="map")


def main() -> None:
    """Run the command line; the only place where a failure becomes a sentence and an exit status."""
    try:
        app()
    except ProstorError as exc:
        say(exc.sentence)
        sys.exit(1)
    except Exception as exc:  # noqa: BLE001 - the top of every command
        logger("commands").error("command_failed", exc_info=exc)
        say(
            f"This should not have happened ({type(exc).__name__}). Please report it, with the last lines of "
            "the log: standard error, or log/layers.log in PROSTOR_HOME for layer commands."
        )
        sys.exit(1)
