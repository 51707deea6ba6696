"""Every error Prostor raises on purpose, in one small tree.

ProstorError
├── ConfigurationError      settings, portal.toml or a manifest is wrong
├── SourceError             a source file cannot be accepted
├── RequestError            a request is malformed; names the parameter
│   └── NotAcceptableError  no representation of the kind asked for
├── NotFoundError           there is no such thing (an unpublished one looks the same)
├── GoneError               it was withdrawn on purpose and will not come back
├── ConflictError           it cannot be done now because of something else, which the sentence names
└── UnavailableError        the database or another part is away; trying later may help

An error carries a sentence a citizen or clerk may read, and facts an operator needs.
HTTP status codes live in `prostor.problems` only.
"""

from __future__ import annotations


class ProstorError(Exception):
    """Base of all: `sentence` is safe to show to anybody, `facts` go to the log."""

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts


class ConfigurationError(ProstorError):
    """Settings, `portal.toml` or a manifest is wrong; the sentence names file, key and what would be right."""


class SourceError(ProstorError):
    """A source file cannot be accepted; the sentence names layer, feature, field and what to do."""


class RequestError(ProstorError):
    """A request is malformed. `parameter` is the name of the offending parameter."""

    def __init__(self, parameter: str, reason: str, **facts: object) -> None:
        super().__init__(f"Parameter {parameter}: {reason}", **facts)
        self.parameter = parameter
        self.reason = reason


class NotAcceptableError(RequestError):
    """None of the representations we have is one the client asked for."""


class NotFoundError(ProstorError):
    """There is no such layer, feature, tile or page."""


class GoneError(ProstorError):
    """It existed and was withdrawn on purpose."""


class ConflictError(ProstorError):
    """It cannot be done now because of another job or an existing thing."""


class UnavailableError(ProstorError):
    """A part we depend on is away or too busy; `retry_after_seconds` is a fair guess."""

    def __init__(self, sentence: str, *, retry_after_seconds: int = 5, **facts: object) -> None:
        super().__init__(sentence, **facts)
        self.retry_after_seconds = retry_after_seconds
