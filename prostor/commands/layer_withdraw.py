"""`prostor layer withdraw`: take a layer back, with every version of it."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from layers.loading.retire import sweep
from layers.loading.withdraw import HeldVersion, Holdings, Withdrawal, find_holdings, withdraw_layer
from prostor.commands.console import answer, say
from prostor.commands.layer_opening import layer_settings, opened
from prostor.commands.tables import show_rows, written


def withdraw(
    layer: Annotated[str, typer.Argument(help="Id of the layer.")],
    reason: Annotated[
        str | None, typer.Option(help="Why; it is kept for good, so name no person in it.")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Withdraw; without it, only say what would go.")
    ] = False,
) -> None:
    """Withdraw a layer: no version of it is published or kept any more, and its data are deleted."""
    settings = layer_settings()
    with opened(settings) as database:
        if not confirm:
            _say_what_would_go(find_holdings(database, layer))
            raise typer.Exit(1)
        done = withdraw_layer(database, layer, who=getpass.getuser(), reason=reason)
        sweep(database, settings.home)
    _say_what_went(done)


def _say_what_would_go(holdings: Holdings) -> None:
    if not holdings.versions:
        say(_nothing_left(holdings))
        return
    show_rows(
        ["version", "state", "rows"],
        [(version.number, version.state, version.row_count) for version in holdings.versions],
    )
    say(
        f"This would withdraw {_counted(holdings.versions)} of {holdings.layer_id} and delete the data. Its "
        f"addresses then answer 410, and no version can be brought back but by importing the layer again. If "
        f"that is right: prostor layer withdraw {holdings.layer_id} --reason TEXT --confirm"
    )


def _say_what_went(done: Withdrawal) -> None:
    if done.versions:
        answer(f"{done.layer_id}: withdrawn, with {_counted(done.versions)}.")
    else:
        answer(f"{done.layer_id}: was withdrawn already.")
    if done.left_tables:
        say(
            "Somebody is still reading a part of the data. Nobody new can read it, and it is deleted by the "
            f"next import, or by prostor layer withdraw {done.layer_id} --confirm in a few minutes."
        )
    say("Browsers, a CDN and backups may still hold copies: see docs/operations/withdrawing.md.")


def _nothing_left(holdings: Holdings) -> str:
    if holdings.withdrawn_at is None:
        return f"{holdings.layer_id} has no version whose data are stored."
    since = written(holdings.withdrawn_at)
    return f"{holdings.layer_id} is withdrawn since {since}; there is nothing left to withdraw."


def _counted(versions: tuple[HeldVersion, ...]) -> str:
    rows = sum(version.row_count for version in versions)
    many = "1 version" if len(versions) == 1 else f"{len(versions)} versions"
    return f"{many} ({'1 row' if rows == 1 else f'{rows} rows'})"
