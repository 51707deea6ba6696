"""What every route of the service keeps to; the list of routes itself is walked, so a new one is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.database

# What the variable parts of addresses are in the sample.
PARTS = {
    "collection_id": "zoning",
    "feature_id": "JE-01",
    "from_token": "0" * 16,
    "grid_id": "SI-D96",
    "ko": "9001",
    "layer_id": "zoning",
    "name": "messages.schema.json",
    "number": "1104/3",
    "numbers": "1104/3",
    "release": "000000000000",
    "rest": "zoning/SI-D96.json",
    "row": "900",
    "column": "2904",
    "z": "12",
}
QUERIES = {"/search": "q=jel", "/identify": "x=556000&y=142500", "/oembed": "url=http://localhost/"}


@pytest.fixture(scope="module")
def paths(app: Flask) -> list[str]:
    """An address of every route that answers GET."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()):
                built = rule.build({name: PARTS.get(name, "unknown") for name in rule.arguments})
                assert built is not None
                found.append(built[1])
    assert len(found) > 30
    return found


def ask(client: FlaskClient, path: str, accept: str) -> TestResponse:
    """As a browser or a program asks."""
    query = QUERIES.get(path, "")
    return client.get(f"{path}?{query}" if query else path, headers={"Accept": accept})


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_no_answer_sets_a_cookie_and_every_page_has_a_strict_policy(
    client: FlaskClient, paths: list[str], accept: str
) -> None:
    """`default-src 'none'` or `'self'`, nothing unsafe, who may frame it, and no type to be guessed at."""
    pages = 0
    for path in paths:
        answer = ask(client, path, accept)
        policy = answer.headers.get("Content-Security-Policy", "")
        pages += answer.mimetype == "text/html"

        assert "Set-Cookie" not in answer.headers, path
        assert "default-src 'none'" in policy or "default-src 'self'" in policy, path
        # A PDF is shown in a page of the browser's own, with a style sheet in it.
        assert "unsafe-" not in policy or answer.mimetype == "application/pdf", path
        assert "frame-ancestors" in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
    assert pages >= (8 if accept == "text/html" else 4)
