"""The front door: landing page, conformance, health, errors for programs and for people, and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import conninfo_to_dict

from gis.errors import ConfigurationError
from gis.settings import Settings
from prostor.app import DATABASE, create_app
from tiles.cache import store_tile
from tiles.hotpath import EXTENSION

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.cluster import EmbeddedCluster
    from gis.database import DatabaseUrls

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

pytestmark = pytest.mark.database


@pytest.mark.parametrize("path", ["/ogc", "/ogc/"])
def test_the_landing_page_leads_on(empty: FlaskClient, path: str) -> None:
    """The links that OGC API Features asks for are there, and each of ours answers as it promises."""
    landing = empty.get(path).get_json()
    links = {link["rel"]: link for link in landing["links"]}

    assert {"self", "service-desc", "conformance", "data"} <= set(links)
    for link in landing["links"]:
        answer = empty.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(link["type"].split(";")[0])


def test_conformance_names_both_floors(empty: FlaskClient) -> None:
    """Features core, GeoJSON, OpenAPI and CRS, and tiles, each class once."""
    classes = empty.get("/ogc/conformance").get_json()["conformsTo"]

    for part in ("features-1/1.0/conf/core", "features-1/1.0/conf/geojson", "features-1/1.0/conf/oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-{part}" in classes
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in classes
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core" in classes
    assert len(set(classes)) == len(classes)


def test_an_empty_catalogue_is_no_error(empty: FlaskClient) -> None:
    """Before anything is published there is nothing, said plainly."""
    assert empty.get("/ogc/collections").get_json()["collections"] == []
    assert empty.get("/layers").get_json() == {"layers": []}
    assert empty.get("/search?q=1/1").get_json()["groups"] == []
    answer = empty.get("/identify?x=508000&y=136000").get_json()
    assert {each["reason"] for each in answer["layers"]} <= {"never_loaded"}


def test_health(empty: FlaskClient) -> None:
    """Alive and ready, never cached."""
    for path in ("/health/live", "/health/ready"):
        answer = empty.get(path)

        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/health/ready", "/ogc/collections", "/layers", "/search?q=1", "/identify?x=508000&y=136000"]
)
def test_a_database_that_is_away_is_told(stranded: FlaskClient, path: str) -> None:
    """503 with Retry-After, without a word about the connection; the process is alive."""
    answer = stranded.get(path)

    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert "socket" not in answer.text
    assert stranded.get("/health/live").status_code == 200


def test_a_database_without_a_catalogue_is_not_ready(
    cluster: EmbeddedCluster, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    """Before the first migration the service says that it is not ready, and what tells more."""
    app = create_app(Settings(home=tmp_path), database_urls)
    database = str(conninfo_to_dict(database_urls.reader)["dbname"])
    with cluster.superuser(database) as connection:
        connection.execute("DROP TABLE catalogue.layer CASCADE")

    for path in ("/health/ready", "/layers"):
        answer = app.test_client().get(path)

        assert answer.status_code == 503
        assert "not prepared" in answer.get_json()["detail"]
    app.extensions[DATABASE].dispose()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("", "Na tem naslovu ni ničesar."), ("?lang=en", "There is nothing at this address.")],
)
def test_people_get_a_page_in_their_language(empty: FlaskClient, query: str, sentence: str) -> None:
    """Browsers are shown a page, with the policy of pages."""
    answer = empty.get(f"/nothing{query}", headers=BROWSER)

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert sentence in answer.text
    assert "script-src" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/problem+json", "junk", "", "image/png"]
)
def test_programs_get_a_problem(empty: FlaskClient, accept: str) -> None:
    """Everybody else gets RFC 9457."""
    answer = empty.get("/nothing", headers={"Accept": accept})

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["title"] == "Not Found"


def test_markup_in_a_request_stays_text(empty: FlaskClient) -> None:
    """What is repeated on a page is escaped."""
    answer = empty.get("/ogc/collections/<script>alert(1)<%2Fscript>?lang=en", headers=BROWSER)

    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_fault_of_ours_says_nothing_of_itself(empty: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    """An unforeseen error answers 500 with a plain sentence; the stack goes to the log."""
    app = empty.application
    app.testing = False

    def fail() -> None:
        raise ValueError("secret words")

    app.view_functions["layers.list_layers"] = fail
    answer = empty.get("/layers")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.get_json()["request_id"]
    logged = "".join(capfd.readouterr())
    assert "secret words" in logged


def test_every_address_only_reads(empty: FlaskClient) -> None:
    """No route of the whole service takes anything but GET, HEAD and OPTIONS."""
    methods = {method for rule in empty.application.url_map.iter_rules() for method in rule.methods or ()}

    assert methods == {"GET", "HEAD", "OPTIONS"}


def test_data_may_be_read_anywhere_and_run_nowhere(empty: FlaskClient) -> None:
    """CORS for every origin without credentials, and a policy that allows nothing."""
    headers = empty.get("/ogc", headers={"Origin": "https://evil.example"}).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_a_wrong_portal_stops_the_start(tmp_path: Path, settings: Settings) -> None:
    """A folder without portal.toml, or no database, is told in a sentence before anything is served."""
    with pytest.raises(ConfigurationError, match=r"portal\.toml"):
        create_app(Settings(portal=tmp_path))
    with pytest.raises(ConfigurationError, match="prostor up"):
        create_app(settings)


def test_ready_says_that_tiles_cannot_be_written(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    """The service is ready all the same: tiles are made and answered, only not kept."""
    (tmp_path / "cache").write_text("", encoding="ascii")
    app = create_app(Settings(home=tmp_path), database_urls)
    store = app.extensions[EXTENSION].store
    before = app.test_client().get("/health/ready").get_json()

    store.keep({f"/tiles/a@{'0' * 16}/SI-D96/0/0/0.mvt": store_tile(b"a tile", frozenset())})
    store.writer.wait()
    after = app.test_client().get("/health/ready")

    assert before == {"status": "ready"}
    assert (after.status_code, after.get_json()) == (
        200, {"status": "ready", "tiles_not_written": "Not a directory"}
    )  # fmt: skip
    app.extensions[DATABASE].dispose()
