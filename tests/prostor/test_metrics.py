"""`/metrics`: who gets it, what it counts, and what it never says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gis import crs
from gis.database import Database, DatabaseUrls
from gis.errors import UnavailableError
from gis.metrics import Metrics
from gis.settings import Settings
from prostor.app import DATABASE, create_app
from prostor.metrics import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

TOKEN = "a-token-of-some-length"  # noqa: S105  of a test
SAMPLE = re.compile(r'([a-z_]+)(\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? (\S+)')


@pytest.fixture
def client(sample_database: Database, tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of the sample with metrics, and with nothing kept."""
    settings = Settings(home=tmp_path, metrics_token=TOKEN)
    app = create_app(settings, sample_database.urls)
    yield app.test_client()
    app.extensions[DATABASE].dispose()


def read_metrics(client: FlaskClient) -> dict[str, float]:
    """Every sample by name."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    found = [SAMPLE.fullmatch(line) for line in lines]
    assert all(found)
    return {each[1] + (each[2] or ""): float(each[3]) for each in found if each}


def tile_paths(client: FlaskClient) -> tuple[str, str]:
    """A tile of the theme with features, and one without."""
    told = client.get("/tiles/cadastre/SI-D96.json").get_json()
    west, south, east, north = told["bounds"]
    x, y = crs.transform(4326, 3794, (west + east) / 2, (south + north) / 2)
    place = (int((x - 370000) / 512), int((200000 - y) / 512))
    full, empty = ((9, *place), (9, place[0] + 100, place[1]))
    template = told["tiles"][0]
    return tuple(template.format(z=z, x=x, y=y) for z, x, y in (full, empty))  # type: ignore[return-value]


@pytest.mark.parametrize(
    "brought",
    [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"bearer{TOKEN}", "Bearer č"],
)
def test_nobody_gets_it_without_the_token(client: FlaskClient, brought: str | None) -> None:
    """It is as if there were nothing, from this machine too and whatever a proxy says of the guest."""
    headers = {"X-Forwarded-For": "127.0.0.1", "Host": "localhost"}
    headers |= {"Authorization": brought} if brought is not None else {}

    answer = client.get("/metrics", headers=headers)

    assert answer.status_code == 404
    assert answer.get_json()["detail"] == client.get("/nothing").get_json()["detail"]
    assert b"prostor_" not in answer.data


@pytest.mark.parametrize("brought", [None, "Bearer ", "Bearer None"])
def test_without_a_setting_there_is_nothing(stranded: FlaskClient, brought: str | None) -> None:
    """The default: nobody has to remember to close it."""
    headers = {"Authorization": brought} if brought is not None else {}

    assert stranded.get("/metrics", headers=headers).status_code == 404


def test_every_metric_is_told_from_the_start(client: FlaskClient) -> None:
    """With its type and meaning, and at 0 where all values of its labels are known."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    text = answer.text
    samples = read_metrics(client)

    assert re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M) == [(each.name, each.kind) for each in FAMILIES]
    assert re.findall(r"^# HELP (\S+) (.+)$", text, re.M) == [(each.name, each.meaning) for each in FAMILIES]
    expected = {
        family.sample(*values)
        for family in FAMILIES
        if family.kind == "counter"
        for values in family.known_values()
    }
    assert expected <= set(samples)
    assert samples["prostor_workers"] == samples["prostor_database_up"] == 1
    assert samples["prostor_layers_published"] > 5
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_where_a_tile_came_from_and_what_was_answered(client: FlaskClient) -> None:
    """Made, from memory, unchanged, empty and from the disk: each is counted once, with its bytes."""
    store = client.application.extensions["prostor-tiles"].store
    full, empty = tile_paths(client)
    first = client.get(full)
    second = client.get(full)
    client.get(full, headers={"If-None-Match": second.headers["ETag"]})
    client.get(empty)
    store.writer.wait()
    store.memory.purge(store.memory.lives)
    client.get(full)

    samples = read_metrics(client)

    assert (first.status_code, second.status_code) == (200, 200)
    counted = {
        name.removeprefix("prostor_tile_answers_total"): value
        for name, value in samples.items()
        if name.startswith("prostor_tile_answers_total") and value
    }
    assert counted == {
        '{origin="made",status="200"}': 1,
        '{origin="made",status="204"}': 1,
        '{origin="memory",status="200"}': 1,
        '{origin="memory",status="304"}': 1,
        '{origin="disk",status="200"}': 1,
    }
    assert samples["prostor_tile_answer_bytes_total"] == 3 * len(first.data)
    assert samples["prostor_tile_making_seconds_count"] >= 1
    assert (
        samples['prostor_tile_making_seconds_bucket{le="+Inf"}'] == samples["prostor_tile_making_seconds_count"]
    )
    assert samples['prostor_tile_disk_writes_total{result="written"}'] >= 2
    assert samples["prostor_tile_disk_written_bytes_total"] > 0
    assert samples["prostor_tile_memory_tiles"] == len(store.memory) == 1
    assert samples["prostor_tile_memory_bytes"] == store.memory.used_bytes > 0


def test_what_is_not_answered_is_counted_by_its_reason(client: FlaskClient) -> None:
    """Outside the grid is not found; errors of the whole service are counted by status."""
    client.get("/tiles/parcels/SI-D96/0/9/9.mvt")
    client.get("/ogc/collections/parcels/items?limit=x")
    client.post("/ogc")

    samples = read_metrics(client)

    assert samples['prostor_tile_refusals_total{reason="not_found"}'] == 1
    assert {status: samples[f'prostor_problems_total{{status="{status}"}}'] for status in (400, 404, 405)} == {
        400: 1,
        404: 1,
        405: 1,
    }


def test_nothing_of_guests_and_of_the_machine(client: FlaskClient, tmp_path: Path) -> None:
    """Neither what was searched, nor who asked, nor where anything is."""
    client.get("/search?q=Novakova+ulica+7", headers={"User-Agent": "Ana", "X-Forwarded-For": "198.51.100.7"})
    client.get(f"/parcels/{tmp_path}")

    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text

    assert all(word not in text for word in ("Novak", "Ana", "198.51", str(tmp_path), "/", TOKEN))


def test_a_database_that_is_away_is_told(sample_database: Database, tmp_path: Path) -> None:
    """The page is answered all the same; how many layers there are is not known, so it is not said."""
    nowhere = f"postgresql://prostor_reader@/prostor?host={tmp_path}"
    settings = Settings(home=tmp_path, metrics_token=TOKEN)
    client = create_app(settings, DatabaseUrls(nowhere, nowhere, nowhere)).test_client()
    client.get("/tiles/parcels/SI-D96/0/0/0.mvt")

    samples = read_metrics(client)

    assert samples["prostor_database_up"] == 0
    assert "prostor_layers_published" not in samples
    assert samples['prostor_tile_refusals_total{reason="unavailable"}'] == 1
    assert samples['prostor_problems_total{status="503"}'] == 1


def test_waiting_for_a_connection_is_counted(sample_database: Database) -> None:
    """Only when none was free: how often, how long, and how often in vain."""
    counted = Metrics()
    database = Database(sample_database.urls, counted)
    with database.cursor("downloads"):
        before = dict(counted.read())
        with (
            database.reading("downloads"),
            pytest.raises(UnavailableError, match="busy"),
            database.cursor("downloads"),
        ):
            pass
    database.dispose()

    after = counted.read()
    assert before['prostor_database_waits_total{pool="downloads"}'] == 0
    assert after['prostor_database_waits_total{pool="downloads"}'] == 1
    assert after['prostor_database_refusals_total{pool="downloads"}'] == 1
    assert after['prostor_database_wait_seconds_total{pool="downloads"}'] > 1
    assert after['prostor_database_waits_total{pool="tiles"}'] == 0
