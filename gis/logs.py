"""Logging: structlog, one event per line, in the past tense, with facts.

Never logged: search texts, parcel numbers, full IP addresses, passwords of connection strings.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from gis.settings import Settings


def configure_logging(settings: Settings) -> None:
    """Send our events to standard error, as text or JSON lines; call once per process."""
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # looked up for each event: whoever replaces standard error for a while may close theirs
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger whose events carry the name of the room they come from."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return bound
