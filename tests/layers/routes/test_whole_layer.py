"""A whole layer as one GeoJSON file: everything in it once, in little memory, never a half that looks whole."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from gis.errors import GoneError
from gis.statements import identifier
from layers.catalogue import Catalogue
from layers.features import open_whole
from layers.model import DATA
from layers.offered_crs import CRS84

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from gis.database import Database
    from layers.catalogue import PublishedLayer

pytestmark = pytest.mark.database

ROWS = 2_500


@pytest.fixture
def many(town: Database) -> PublishedLayer:
    """A version of 2,500 parcels."""
    layer = Catalogue(town).find("parcels")
    with town.loading() as connection:
        connection.execute("DROP TABLE IF EXISTS data.many")
        connection.execute("CREATE TABLE data.many (LIKE data.v1 INCLUDING INDEXES)")
        connection.execute(
            """
            INSERT INTO data.many (_fid, _key, _geom, ko, number)
            SELECT 3 * n, '9001-' || n, box, '9001', n::text
            FROM generate_series(1, %s) AS n, ST_MakeEnvelope(507000, 135000, 507000 + n, 135020, 3794) AS box
            """,
            [ROWS],
        )
    return dataclasses.replace(layer, table_name="many", token="e" * 16, row_count=ROWS)


def test_everything_stands_in_it_once(town: Database, many: PublishedLayer) -> None:
    """In the order of the stable numbers, though it is read in pages."""
    content = json.loads(b"".join(open_whole(town, many, CRS84, [])))

    assert [each["id"] for each in content["features"]] == [f"9001-{n}" for n in range(1, ROWS + 1)]
    assert content["numberReturned"] == ROWS


@pytest.mark.parametrize("budget", [1, 100_000])
def test_pages_of_large_features_are_cut(
    town: Database, many: PublishedLayer, monkeypatch: pytest.MonkeyPatch, budget: int
) -> None:
    """Never more at once than the byte budget; the file is the same."""
    whole = json.loads(b"".join(open_whole(town, many, CRS84, [])))
    monkeypatch.setattr("layers.features.WHOLE_PAGE_BYTES", budget)

    cut = json.loads(b"".join(open_whole(town, many, CRS84, [])))

    assert cut["features"] == whole["features"]


def test_slow_clients_hold_no_connection(town: Database, many: PublishedLayer) -> None:
    """More of them wait in the middle of the file than there are connections, and small questions go on."""
    begun = [open_whole(town, many, CRS84, []) for _ in range(12)]
    for stream in begun:
        next(stream)

    with town.reading() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    assert json.loads(b"".join(open_whole(town, many, CRS84, [])))["numberReturned"] == ROWS
    for stream in begun:
        stream.close()


def test_a_version_dropped_meanwhile_leaves_no_whole_file(town: Database, many: PublishedLayer) -> None:
    """The stream ends with an error, and what was sent cannot be read as JSON."""
    stream = open_whole(town, many, CRS84, [])
    sent = [next(stream)]
    with town.loading() as connection:
        connection.execute(sql.SQL("DROP TABLE {}").format(identifier(DATA, many.table_name)))

    with pytest.raises(GoneError):
        sent += list(stream)

    with pytest.raises(json.JSONDecodeError):
        json.loads(b"".join(sent))


def test_the_file_holds_what_a_walk_over_items_holds(client: FlaskClient, asked: Callable[..., Any]) -> None:
    """Of each layer, in CRS84 and in the national grid, with links back to the layer."""
    national = "http://www.opengis.net/def/crs/EPSG/0/3794"

    for layer in ("parcels", "zoning", "water"):
        for query in ({}, {"crs": national}):
            file = asked(f"/layers/{layer}/data.geojson", **query)
            assert file["features"] == asked(f"/ogc/collections/{layer}/items", limit=1000, **query)["features"]
            assert [link["rel"] for link in file["links"]] == ["self", "up"]


def test_it_is_saved_under_its_name_and_not_sent_twice(client: FlaskClient) -> None:
    """The name holds layer and date of state; an unchanged layer is 304; a kept version may be named."""
    token = client.get("/layers/zoning").get_json()["token"]
    answer = client.get(f"/layers/zoning/data.geojson?version={token}")

    again = client.get(
        f"/layers/zoning/data.geojson?version={token}", headers={"If-None-Match": answer.headers["ETag"]}
    )

    assert re.fullmatch(
        r"attachment; filename=zoning-2026-\d\d-\d\d\.geojson", answer.headers["Content-Disposition"]
    )
    assert (answer.mimetype, answer.headers["Content-Crs"]) == ("application/geo+json", f"<{CRS84.uri}>")
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/layers/nothing/data.geojson", 404),
        ("/layers/zoning/data.geojson?crs=EPSG:1", 400),
        ("/layers/zoning/data.geojson?limit=3", 400),
        ("/layers/zoning/data.geojson?version=0000000000000000", 400),
    ],
)
def test_what_cannot_be_asked_is_said(client: FlaskClient, path: str, status: int) -> None:
    """Unknown layers, CRSs, parameters and versions."""
    answer = client.get(path)

    assert (answer.status_code, answer.get_json()["status"]) == (status, status)
