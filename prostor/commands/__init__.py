"""The command line `prostor …`: one module per command, put together here.

Exit status 0 when it went well, 1 when it failed, with one sentence on standard error, 2 for wrong usage.
A command's module is imported when the command is called: the web server and folium are half of the start.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from gis.errors import ProstorError
from gis.logs import logger
from prostor.commands.console import say

# In the order of `prostor --help`. A module has the command as a function of its name, or a group called `app`.
_MODULES = {
    **{name: name for name in ("up", "serve", "doctor", "database", "layer", "parcel")},
    "map": "map_export",
}


class OnDemand(TyperGroup):
    """A group whose commands are imported one by one."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  click asks for it
        """The names, in the order of the help."""
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of this name, or None."""
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"{__name__}.{_MODULES[cmd_name]}")
        if hasattr(module, "app"):
            return _named(typer.main.get_group(module.app), cmd_name)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(cmd_name)(getattr(module, cmd_name))
        return _named(typer.main.get_command(alone), cmd_name)


def _named(command: Any, name: str) -> Any:
    command.name = name
    return command


app = typer.Typer(
    cls=OnDemand,
    name="prostor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def prostor() -> None:
    """Spatial data viewer and GIS publishing service for municipalities."""


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
