"""Logging: structlog, one event per line, in the past tense, with facts.

Never logged: search texts, parcel numbers, full IP addresses, passwords of connection strings.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gis.settings import Settings

_LOG_BYTES_KEPT = 5_000_000


def configure_logging(settings: Settings) -> None:
    """Send our events to standard error, as text or JSON lines; call once per process."""
    _configure(settings, last=[_renderer(settings, colours=sys.stderr.isatty())])


def configure_logging_to_file(settings: Settings, path: Path) -> None:
    """Append our events to a file, for commands whose standard error is read by people.

    Of those, only a warning that gives its reason is said there, in words. A log that cannot be written stops
    nothing.
    """
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LOG_BYTES_KEPT:
            path.replace(path.with_suffix(".old.log"))
    _configure(
        settings,
        first=[_say_warning],
        last=[_renderer(settings, colours=False), _appender(path)],
    )


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger whose events carry the name of the room they come from."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return bound


def forget_request() -> None:
    """What is logged from here on in this thread belongs to no request that was told before."""
    structlog.contextvars.clear_contextvars()


def _configure(
    settings: Settings,
    *,
    first: Sequence[structlog.typing.Processor] = (),
    last: Sequence[structlog.typing.Processor],
) -> None:
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            *first,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # looked up for each event: whoever replaces standard error for a while may close theirs
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _renderer(settings: Settings, *, colours: bool) -> structlog.typing.Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=colours)


def _say_warning(
    _logger: structlog.typing.WrappedLogger, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if method in ("warning", "error") and "reason" in event:
        words = str(event["event"]).replace("_", " ").capitalize()
        print(f"{words}: {event['reason']}.", file=sys.stderr, flush=True)  # noqa: T201  read by people
    return event


def _appender(path: Path) -> structlog.typing.Processor:
    """Writes each line and ends there; opened anew each time, because events are rare and commands short."""

    def append(_logger: structlog.typing.WrappedLogger, _method: str, line: str) -> str:
        with suppress(OSError), path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        raise structlog.DropEvent

    # structlog calls every processor with what the one before it gave; after a renderer that is a line
    return append  # type: ignore[return-value]
