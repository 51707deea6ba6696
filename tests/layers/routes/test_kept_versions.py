"""Features of a kept version under its token: the same questions, its own data, until it is gone."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.loading.importing import import_layer
from layers.loading.publish import publish_version
from layers.loading.withdraw import withdraw_layer
from layers.portal import read_portal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.database import Database
    from layers.portal import Portal

pytestmark = pytest.mark.database

ITEMS = "/ogc/collections/addresses/items"


class Street:
    """The addresses of the town in a database of their own, published as often as wanted."""

    def __init__(self, database: Database, portal: Portal, client: FlaskClient) -> None:
        self.database = database
        self.portal = portal
        self.client = client

    def publish(self, suffix: str, *, with_place: bool = True) -> str:
        """Publish with other house numbers, perhaps without the column of places; gives the token."""
        source = self.portal.folder / "layers" / "addresses.geojson"
        content = json.loads(source.read_text(encoding="utf-8"))
        for feature in content["features"]:
            feature["properties"]["HS"] = feature["properties"]["HS"].split()[0] + suffix
        source.write_text(json.dumps(content), encoding="utf-8")
        (manifest,) = (each for each in self.portal.read_manifests() if each.id == "addresses")
        if not with_place:
            columns = {name: column for name, column in manifest.columns.items() if name != "place"}
            manifest = manifest.model_copy(update={"columns": columns, "search": None})
        report = import_layer(
            self.database, self.portal, manifest, targets=(), home=self.portal.folder / "home", who="test"
        )
        if report.outcome == "waiting":
            publish_version(self.database, "addresses", None, who="test", confirm=True)
        return report.token or ""

    def ask(self, path: str, **query: Any) -> Any:
        """The JSON of a 200."""
        answer = self.client.get(path, query_string=query or None)
        assert answer.status_code == 200, answer.text
        return answer.get_json(force=True)

    def walk(self, path: str, **query: Any) -> list[Any]:
        """Every page, by its next links."""
        pages = [self.ask(path, **query)]
        while following := link(pages[-1], "next"):
            pages.append(self.ask(following))
        return pages

    def refusal(self, path: str, **query: Any) -> tuple[int, str]:
        """Status and sentence of a problem."""
        answer = self.client.get(path, query_string=query)
        assert answer.mimetype == "application/problem+json"
        return answer.status_code, answer.get_json()["detail"]


def link(document: Any, rel: str) -> str:
    """The address a document gives under a relation; empty when it gives none."""
    return next((str(each["href"]) for each in document["links"] if each["rel"] == rel), "")


def houses(*pages: Any) -> set[str]:
    """What stands behind the house numbers of these pages."""
    return {feature["properties"]["house"].split()[1] for page in pages for feature in page["features"]}


@pytest.fixture
def street(
    database: Database, town_portal: Portal, tmp_path: Path, make_client: Callable[..., FlaskClient]
) -> Street:
    """Its own copy of the portal's folder, so that sources can be changed."""
    shutil.copytree(town_portal.folder, tmp_path / "town")
    tmp_path.chmod(0o755)
    return Street(database, read_portal(tmp_path / "town"), make_client(database))


def test_a_kept_version_is_read_whole(street: Street) -> None:
    """Pages, filters and single features come from the version asked for, and so do the links."""
    old, new = street.publish(" star"), street.publish(" nov")

    pages = street.walk(ITEMS, version=old, limit=30)
    one = street.ask(f"{ITEMS}/7", version=old)

    assert sum(len(page["features"]) for page in pages) == 80
    assert houses(*pages) == {"star"}
    assert houses(street.ask(ITEMS, version=new), street.ask(ITEMS)) == {"nov"}
    assert parse_qs(urlsplit(link(pages[0], "next")).query)["version"] == [old]
    assert f"version={old}" in link(pages[1], "self")
    assert houses(street.ask(ITEMS, version=old, street="Glavni trg", limit=3)) == {"star"}
    assert one["properties"]["house"].endswith("star")
    assert street.ask(link(one, "latest-version"))["properties"]["house"].endswith("nov")
    assert street.ask(link(one, "version-history"))["token"] == new


def test_a_version_has_its_own_properties(street: Street) -> None:
    """A filter by a column that the published version no longer has is understood, in a walk too."""
    old = street.publish(" star")
    walk = street.ask(ITEMS, place="Žaga", limit=10)
    street.publish(" nov", with_place=False)

    kept = street.ask(ITEMS, version=old, place="Žaga")
    going_on = street.ask(link(walk, "next"))

    assert {feature["properties"]["place"] for feature in kept["features"]} == {"Žaga"}
    assert (len(kept["features"]), len(going_on["features"])) == (40, 10)
    assert street.refusal(ITEMS, place="Žaga")[0] == 400


@pytest.mark.parametrize("token", ["", "abc", "0123456789ABCDEF", "0123456789abcdef0", "../../etc/passwd", "2"])
def test_a_malformed_token_is_a_bad_request(street: Street, token: str) -> None:
    """It is named as the parameter that is wrong."""
    street.publish(" star")

    for path in (ITEMS, f"{ITEMS}/7"):
        status, sentence = street.refusal(path, version=token)
        assert status == 400
        assert sentence.startswith("Parameter version: write the token")


def test_an_unknown_token_says_where_the_known_ones_are(street: Street) -> None:
    """Tokens of other layers and of versions that wait are as unknown as invented ones."""
    street.publish(" star")
    waiting = street.publish(" nov")
    with street.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer SET current_version_id = 1")
        connection.execute("UPDATE catalogue.layer_version SET state = 'loaded' WHERE number = 2")

    for token in ("0" * 16, waiting):
        status, sentence = street.refusal(ITEMS, version=token)
        assert (status, "/layers/addresses lists those" in sentence) == (400, True)


def test_one_version_at_a_time(street: Street) -> None:
    """Given twice, or beside the link of a walk on another version, it is refused."""
    old, new = street.publish(" star"), street.publish(" nov")
    following = link(street.ask(ITEMS, version=old, limit=30), "next")

    assert street.client.get(f"{ITEMS}?version={old}&version={new}").status_code == 400
    assert street.client.get(following.replace(f"version={old}", f"version={new}")).status_code == 400


def test_what_is_no_longer_kept_is_gone(street: Street) -> None:
    """Dropped and withdrawn versions answer 410 with the reason, also after the layer came back."""
    old, new = street.publish(" star"), street.publish(" nov")
    with street.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer_version SET state = 'dropped' WHERE number = 1")

    assert street.refusal(ITEMS, version=old) == (
        410,
        "This version is no longer kept; newer ones have taken its place.",
    )
    withdraw_layer(street.database, "addresses", who="test")
    assert street.refusal(ITEMS, version=new) == (410, "The layer 'addresses' was withdrawn.")
    back = street.publish(" nov")
    assert back not in (old, new)
    for token in (old, new):
        assert street.refusal(ITEMS, version=token) == (410, "This version was withdrawn.")
        assert street.refusal(f"{ITEMS}/7", version=token)[0] == 410
    assert houses(street.ask(ITEMS)) == {"nov"}


def test_a_feature_that_was_not_there_yet(street: Street) -> None:
    """The version is there, the feature is not: 404, not 410."""
    old = street.publish(" star")
    street.publish(" nov")

    assert street.refusal(f"{ITEMS}/999", version=old)[0] == 404


def test_a_collection_leads_to_the_version_before(street: Street) -> None:
    """Its newest kept one below the published, with its date of state; none for the first."""
    old = street.publish(" star")
    alone = street.ask("/ogc/collections/addresses")
    street.publish(" nov")

    collection = street.ask("/ogc/collections/addresses")

    assert link(alone, "predecessor-version") == ""
    assert link(collection, "predecessor-version").endswith(f"{ITEMS}?version={old}")
    assert houses(street.ask(link(collection, "predecessor-version"))) == {"star"}
    assert link(collection, "version-history").endswith("/layers/addresses")
