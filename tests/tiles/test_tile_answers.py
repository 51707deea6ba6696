"""HTTP of tiles: caching, conditions, encodings, CORS, and what is refused; from Flask and from memory."""

from __future__ import annotations

import gzip
from typing import Any
from wsgiref.validate import validator

import pytest
import shapely
from psycopg import sql
from werkzeug.test import EnvironBuilder

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)
SQUARE = shapely.box(508001, 135980, 508020, 135999)
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60, must-revalidate"


@pytest.fixture
def paths(workshop: Any) -> dict[str, str]:
    """Addresses of a full and of an empty tile of layer a, with its token and as alias."""
    token = workshop.publish("a", [SQUARE])
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    return {
        "full": f"/tiles/a@{token}/SI-D96/12/{x}/{y}.mvt",
        "empty": f"/tiles/a@{token}/SI-D96/12/{x + 500}/{y}.mvt",
        "alias": f"/tiles/a/SI-D96/12/{x}/{y}.mvt",
        "empty alias": f"/tiles/a/SI-D96/12/{x + 500}/{y}.mvt",
    }


@pytest.mark.parametrize("kind", ["full", "empty", "alias", "empty alias"])
def test_first_and_second_answer_are_the_same(workshop: Any, paths: dict[str, str], kind: str) -> None:
    """Made by Flask or taken from memory, a tile has the same status, headers and bytes."""
    first = workshop.client.get(paths[kind])
    second = workshop.client.get(paths[kind])

    assert first.status_code == second.status_code == (204 if "empty" in kind else 200)
    assert sorted(first.headers.items()) == sorted(second.headers.items())
    assert first.data == second.data


def test_tile_with_token_may_be_kept_for_a_year(workshop: Any, paths: dict[str, str]) -> None:
    """A token names content, so its tile is immutable; an empty one too."""
    full, empty = workshop.client.get(paths["full"]), workshop.client.get(paths["empty"])

    assert full.headers["Cache-Control"] == empty.headers["Cache-Control"] == IMMUTABLE
    assert full.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert full.headers["Content-Length"] == str(len(full.data))
    assert "Content-Type" not in empty.headers
    assert empty.data == b""


def test_alias_is_short_lived_and_has_the_same_content(workshop: Any, paths: dict[str, str]) -> None:
    """Without a token the same tile is asked for again after a minute, by ETag."""
    full, alias = workshop.client.get(paths["full"]), workshop.client.get(paths["alias"])

    assert alias.headers["Cache-Control"] == SHORT
    assert alias.headers["ETag"] == full.headers["ETag"]
    assert alias.data == full.data


@pytest.mark.parametrize("kind", ["full", "empty", "alias", "empty alias"])
@pytest.mark.parametrize("warm", [False, True])
def test_known_etag_is_answered_with_304(workshop: Any, paths: dict[str, str], kind: str, warm: bool) -> None:
    """A client that has the tile is told so, with the headers that renew it and without a body."""
    etag = workshop.client.get(paths[kind]).headers["ETag"]
    if not warm:
        workshop.service.store.memory.purge(workshop.service.store.memory.lives)

    response = workshop.client.get(paths[kind], headers={"If-None-Match": f'"other", W/{etag}'})

    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == etag
    assert response.headers["Cache-Control"] in (IMMUTABLE, SHORT)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_other_etag_is_answered_with_the_tile(workshop: Any, paths: dict[str, str]) -> None:
    """An ETag of something else changes nothing."""
    response = workshop.client.get(paths["full"], headers={"If-None-Match": '"0123456789abcdef"'})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, GZIP;q=0.8", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0, *", None),
        ("identity", None),
        ("gzip;q=nonsense", None),
        (None, None),
    ],
)
def test_tile_is_compressed_for_clients_that_take_it(
    workshop: Any, paths: dict[str, str], accepted: str | None, encoding: str | None
) -> None:
    """gzip when asked for, plain otherwise; either way the same tile, told apart by its ETag."""
    plain = workshop.client.get(paths["full"])
    headers = {"Accept-Encoding": accepted} if accepted else {}

    response = workshop.client.get(paths["full"], headers=headers)

    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"
    body = gzip.decompress(response.data) if encoding else response.data
    assert body == plain.data
    assert (response.headers["ETag"] == plain.headers["ETag"]) == (encoding is None)


@pytest.mark.parametrize("warm", [False, True])
def test_head_tells_headers_without_a_body(workshop: Any, paths: dict[str, str], warm: bool) -> None:
    """HEAD answers as GET would, without the bytes."""
    if warm:
        workshop.client.get(paths["full"])

    head = workshop.client.head(paths["full"])
    get = workshop.client.get(paths["full"])

    assert head.data == b""
    assert sorted(head.headers.items()) == sorted(get.headers.items())


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/a/SI-D96/12/4096/0.mvt",
        "/tiles/a/SI-D96/13/0/0.mvt",
        "/tiles/a/SI-D96/0/0/1.mvt",
        "/tiles/a/WebMercatorQuad/19/0/0.mvt",
        "/tiles/a/XX/0/0/0.mvt",
        "/tiles/a/SI-D96/00/0/0.mvt",
        "/tiles/a/SI-D96/0/%D9%A0/0.mvt",
        "/tiles/a@0000000000000000/SI-D96/0/0/0.mvt",
        "/tiles/nothing/SI-D96/0/0/0.mvt",
        "/tiles/nothing/SI-D96.json",
        "/tiles/a/XX.json",
        "/tiles/",
    ],
)
def test_what_is_not_there_is_404(workshop: Any, path: str) -> None:
    """Unknown sets, grids, tokens and numbers outside a grid are not found, and any page may read that."""
    workshop.publish("a", [SQUARE])

    response = workshop.client.get(path)

    assert response.status_code == 404
    assert path == "/tiles/" or response.headers["Access-Control-Allow-Origin"] == "*"


def test_kept_version_is_still_answered(workshop: Any, paths: dict[str, str]) -> None:
    """A page that was opened before a new version keeps its tiles, the alias has the new ones."""
    workshop.publish("a", [shapely.box(508001, 135990, 508005, 135999)])

    old = workshop.client.get(paths["full"])
    alias = workshop.client.get(paths["alias"])

    assert old.status_code == alias.status_code == 200
    assert old.data != alias.data


@pytest.mark.parametrize("warm", [False, True])
def test_withdrawn_layer_is_gone(workshop: Any, paths: dict[str, str], warm: bool) -> None:
    """Withdrawing purges the memory: token and alias answer 410, also for a tile that was just served."""
    if warm:
        workshop.client.get(paths["full"])
    workshop.withdraw("a")
    workshop.service._withdrawals._next = 0.0

    assert workshop.client.get(paths["full"]).status_code == 410
    assert workshop.client.get(paths["alias"]).status_code == 410
    assert len(workshop.service.store.memory) == 0


def test_dropped_table_is_gone(workshop: Any, paths: dict[str, str]) -> None:
    """A version whose table was cleared away after a process remembered it is 410, not an error of ours."""
    workshop.client.get(paths["empty"])
    dropped = sql.Identifier("data", workshop.table_name("a"))
    workshop.publish("a", [SQUARE])
    with workshop.database.loading() as connection:
        connection.execute(sql.SQL("DROP TABLE {}").format(dropped))

    assert workshop.client.get(paths["full"]).status_code == 410
    assert workshop.client.get(paths["alias"]).status_code == 200


def test_hot_path_keeps_to_the_rules_of_wsgi(workshop: Any, paths: dict[str, str]) -> None:
    """The shim's own answers pass the validator of the standard library (PEP 3333)."""
    checked = validator(workshop.app.wsgi_app)
    workshop.client.get(paths["full"])
    workshop.client.get(paths["empty"])
    etag = workshop.client.get(paths["full"]).headers["ETag"]
    statuses: list[str] = []

    def ask(kind: str, method: str, **headers: str) -> None:
        environ = EnvironBuilder(path=paths[kind], method=method, headers=headers).get_environ()
        body = checked(environ, lambda status, _headers, _error=None: statuses.append(status) or bytes)
        list(body)
        body.close()

    ask("full", "GET")
    ask("full", "HEAD")
    ask("empty", "GET")
    ask("full", "GET", **{"If-None-Match": etag})

    assert statuses == ["200 OK", "200 OK", "204 No Content", "304 Not Modified"]


def test_query_strings_do_not_reach_the_database(workshop: Any, paths: dict[str, str]) -> None:
    """A stray query string is ignored: the tile comes from memory all the same."""
    first = workshop.client.get(paths["full"])
    workshop.database.dispose()

    assert workshop.client.get(paths["full"] + "?cache=bust").data == first.data
    assert len(workshop.service.store.memory) == 1
