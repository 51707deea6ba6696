"""`prostor doctor`: what is wrong here, and how to mend it."""

from __future__ import annotations

import typer

from gis.errors import ProstorError
from gis.settings import read_settings
from prostor.checkup import CHECKS, CautionError
from prostor.commands.console import answer


def doctor() -> None:
    """Look at programs, home, database, portal, viewer and port; exit status 1 when something is wrong."""
    settings = read_settings()
    wrong = False
    for name, check in CHECKS.items():
        try:
            answer(f"fine   {name:<9} {check(settings)}")
        except CautionError as exc:
            answer(f"mind   {name:<9} {exc.sentence}")
        except ProstorError as exc:
            wrong = True
            answer(f"WRONG  {name:<9} {exc.sentence}")
    if wrong:
        raise typer.Exit(1)
