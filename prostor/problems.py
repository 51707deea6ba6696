"""Errors become answers here and nowhere else: `application/problem+json`, or a page for people.

Source: RFC 9457. An answer carries the sentence of the error and what the client did, never SQL, a path or
a stack; those go to the log, with the request's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from gis.errors import (
    ConflictError,
    GoneError,
    NotAcceptableError,
    NotFoundError,
    ProstorError,
    RequestError,
    SourceError,
    UnavailableError,
)
from gis.logs import logger

if TYPE_CHECKING:
    from typing import Protocol

    from flask import Flask

    class ErrorPages(Protocol):
        """Whoever can show an error to people; `viewer.pages` does."""

        def choose_language(self, asked: str | None) -> str:
            """The language of the page."""

        def error_page(self, status: int, sentence: str, language: str) -> Response:
            """The page."""


PROBLEM_TYPE = "application/problem+json"

_STATUSES: tuple[tuple[type[ProstorError], int], ...] = (
    (NotAcceptableError, 406),
    (RequestError, 400),
    (NotFoundError, 404),
    (GoneError, 410),
    (ConflictError, 409),
    (SourceError, 422),
    (UnavailableError, 503),
)
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address only answers to GET and HEAD.",
    414: "The address of this request is too long.",
    500: "Something went wrong on our side. It was written down; please try again later.",
}
# What a page in Slovenian says; the particulars of an error are told in English, to programs.
_SLOVENIAN = {
    400: "Zahteve ni mogoče razumeti. Preverite naslov, ki ste ga vpisali ali odprli.",
    404: "Na tem naslovu ni ničesar. Morda je bil naslov napačno prepisan.",
    405: "Ta naslov je namenjen samo branju.",
    410: "Ti podatki so bili umaknjeni ali zamenjani z novejšimi.",
    414: "Naslov zahteve je predolg.",
    500: "Na naši strani je šlo nekaj narobe. Napaka je zapisana; poskusite znova pozneje.",
    503: "Podatki trenutno niso dosegljivi. Poskusite znova čez nekaj trenutkov.",
}
_MAX_ADDRESS = 500

log = logger("problems")


@dataclass(frozen=True)
class Problem:
    """What is told about an error."""

    status: int
    sentence: str
    errors: tuple[dict[str, Any], ...] = ()
    retry_after_seconds: int | None = None
    allow: tuple[str, ...] = ()


def register(app: Flask, pages: ErrorPages | None = None) -> None:
    """Answer every error of the app here; without `pages`, people get the same JSON as programs."""

    def answer(problem: Problem) -> Response:
        if pages is not None and _is_for_people():
            language = pages.choose_language(request.args.get("lang"))
            sentence = say_to_people(problem, language)
            response = pages.error_page(problem.status, sentence, language)
        else:
            response = write_problem(problem)
        return _with_headers(response, problem)

    @app.errorhandler(ProstorError)
    def answer_known(error: ProstorError) -> Response:
        return answer(describe_error(error))

    @app.errorhandler(HTTPException)
    def answer_refused(error: HTTPException) -> Response:
        return answer(describe_refusal(error))

    @app.errorhandler(Exception)
    def answer_unknown(error: Exception) -> Response:
        log.error("request failed", endpoint=request.endpoint, exc_info=error)
        return answer(Problem(500, _SENTENCES[500]))


def describe_error(error: ProstorError) -> Problem:
    """The problem of one of our own errors; what an operator must know is logged."""
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    if status >= 500:
        log.warning(
            "request failed",
            endpoint=request.endpoint,
            status=status,
            error=error.sentence,
            facts=error.facts,
        )
    if isinstance(error, RequestError):
        fault = {"parameter": error.parameter, "reason": error.reason}
        value = error.facts.get("value")
        faults = ({**fault, "value": str(value)} if value is not None else fault,)
        return Problem(status, error.sentence, faults)
    if isinstance(error, UnavailableError):
        return Problem(status, error.sentence, retry_after_seconds=error.retry_after_seconds)
    return Problem(status, error.sentence if status < 500 else _SENTENCES[500])


def describe_refusal(error: HTTPException) -> Problem:
    """The problem of an address or method that Flask does not know."""
    status = error.code or 500
    allow = tuple(sorted(getattr(error, "valid_methods", None) or ()))
    return Problem(status, _SENTENCES.get(status, f"{HTTPStatus(status).phrase}."), allow=allow)


def say_to_people(problem: Problem, language: str) -> str:
    """The sentence of a page in the reader's language."""
    if language == "sl":
        return _SLOVENIAN.get(problem.status, _SLOVENIAN[500])
    return problem.sentence


def write_problem(problem: Problem) -> Response:
    """The problem for programs."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.sentence,
        "instance": request.path[:_MAX_ADDRESS],
        "request_id": g.get("request_id"),
    }
    if problem.errors:
        content["errors"] = problem.errors
    return Response(orjson.dumps(content), problem.status, mimetype=PROBLEM_TYPE)


def _with_headers(response: Response, problem: Problem) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    if problem.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    if problem.allow:
        response.headers["Allow"] = ", ".join(problem.allow)
    return response


def _is_for_people() -> bool:
    """True when a page is wanted more than data: `f` says so, or a browser's Accept; programs seldom do."""
    asked = request.args.get("f")
    if asked in ("html", "json"):
        return asked == "html"
    offered = ("application/json", PROBLEM_TYPE, "text/html")
    return request.accept_mimetypes.best_match(offered, default=PROBLEM_TYPE) == "text/html"
