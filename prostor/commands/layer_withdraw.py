"""`prostor layer withdraw`: take a layer back, with every version of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from gis.errors import UnavailableError
from layers.loading.retire import sweep
from layers.loading.withdraw import HeldVersion, Holdings, Withdrawal, find_holdings, withdraw_layer
from prostor.commands.console import answer, say
from prostor.commands.layer_opening import layer_settings, opened
from prostor.commands.signature import find_signature
from prostor.commands.tables import show_rows, written

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    with _told_when_away(layer), opened(settings) as database:
        if not confirm:
            _say_what_would_go(find_holdings(database, layer))
            raise typer.Exit(1)
        _say_what_went(withdraw_layer(database, layer, who=find_signature(), reason=reason))
        sweep(database, settings.home)


@contextmanager
def _told_when_away(layer_id: str) -> Iterator[None]:
    """Whoever withdraws has to know whether the data are still public when the database does not answer."""
    try:
        yield
    except UnavailableError as exc:
        raise UnavailableError(
            f"{exc.sentence} Until this command says that {layer_id[:64]} is withdrawn, everybody can read it.",
            cause=exc.facts.get("cause"),
        ) from exc


def _say_what_would_go(holdings: Holdings) -> None:
    layer_id = holdings.layer_id
    confirmed = f"prostor layer withdraw {layer_id} --reason TEXT --confirm"
    if holdings.is_empty:
        say(_nothing_left(holdings))
        return
    if holdings.running:
        say(f"{layer_id} is being imported right now; withdrawn, that import publishes nothing.")
    if not holdings.versions:
        say(
            f"Nothing of {layer_id} is published or kept{_since(holdings)}. This would delete what the "
            "history says of imports that came to nothing, because it may quote the data. "
            f"If that is right: {confirmed}"
        )
        return
    show_rows(
        ["version", "state", "rows"],
        [(version.number, version.state, version.row_count) for version in holdings.versions],
    )
    say(
        f"This would withdraw {_counted(holdings.versions)} of {layer_id} and delete the data. Its addresses "
        "then answer 410, and no version can be brought back but by importing the layer again. "
        f"If that is right: {confirmed}"
    )


def _say_what_went(done: Withdrawal) -> None:
    holdings, layer_id = done.holdings, done.holdings.layer_id
    if holdings.versions:
        answer(f"{layer_id}: withdrawn, with {_counted(holdings.versions)}.")
    elif holdings.withdrawn_at is not None:
        answer(f"{layer_id} is withdrawn already{_since(holdings)}; there was nothing left to withdraw.")
    else:
        answer(f"{layer_id}: nothing of it was published or kept, so there was nothing to withdraw.")
    if holdings.running:
        say("It was being imported; that import publishes nothing any more.")
    if holdings.messages:
        say("What the history said of imports that came to nothing was deleted, because it may quote the data.")
    if done.left_tables:
        say(
            "Somebody is still reading a part of the data. Nobody new can read it, and it is deleted by the "
            f"next import, or by prostor layer withdraw {layer_id} --confirm in a few minutes."
        )
    if holdings.versions:
        say("Browsers, a CDN and backups may still hold copies: see docs/operations/withdrawing.md.")


def _nothing_left(holdings: Holdings) -> str:
    if holdings.withdrawn_at is None:
        return f"{holdings.layer_id} has no version whose data are stored; there is nothing to withdraw."
    return f"{holdings.layer_id} is withdrawn{_since(holdings)}; there is nothing left to withdraw."


def _since(holdings: Holdings) -> str:
    return "" if holdings.withdrawn_at is None else f" since {written(holdings.withdrawn_at)}"


def _counted(versions: tuple[HeldVersion, ...]) -> str:
    rows = sum(version.row_count for version in versions)
    many = "1 version" if len(versions) == 1 else f"{len(versions)} versions"
    return f"{many} ({'1 row' if rows == 1 else f'{rows} rows'})"
