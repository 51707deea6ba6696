"""`/layers/{id}/changes`: JSON and GeoJSON, strict parameters, pages, and the way back through items."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.loading.importing import import_layer
from layers.loading.rollback import roll_back
from layers.loading.withdraw import withdraw_layer
from layers.portal import read_portal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.database import Database
    from layers.portal import Portal

pytestmark = pytest.mark.database

CHANGES = "/layers/addresses/changes"
BAD: list[tuple[dict[str, str], str]] = [
    ({"f": "html"}, "f"),
    ({"kind": "moved"}, "kind"),
    ({"limit": "0"}, "limit"),
    ({"from": "7"}, "from"),
    ({"from": "1; DROP"}, "from"),
    ({"to": "-1"}, "to"),
    ({"next": "abc.000000000000"}, "next"),
    ({"next": "é.000000000000"}, "next"),
    ({"version": "1"}, "version"),
]


class Street:
    """The addresses of the town in a database of their own, edited and published."""

    def __init__(self, database: Database, portal: Portal, client: FlaskClient) -> None:
        self.database = database
        self.portal = portal
        self.client = client
        self._source = portal.folder / "layers" / "addresses.geojson"

    def publish(self, edit: Callable[[list[dict[str, Any]]], None] | None = None) -> str:
        """Publish the addresses, edited; gives the token."""
        content = json.loads(self._source.read_text(encoding="utf-8"))
        if edit:
            edit(content["features"])
        self._source.write_text(json.dumps(content), encoding="utf-8")
        (manifest,) = (each for each in self.portal.read_manifests() if each.id == "addresses")
        report = import_layer(
            self.database, self.portal, manifest, targets=(), home=self.portal.folder / "home", who="test"
        )
        return report.token or ""

    def ask(self, path: str = CHANGES, **query: Any) -> Any:
        """The JSON of a 200."""
        answer = self.client.get(path, query_string=query or None)
        assert answer.status_code == 200, answer.text
        return answer.get_json(force=True)

    def refusal(self, **query: Any) -> tuple[int, str]:
        """Status and sentence of a problem."""
        answer = self.client.get(CHANGES, query_string=query)
        assert answer.mimetype == "application/problem+json"
        return answer.status_code, answer.get_json()["detail"]


def edit(features: list[dict[str, Any]]) -> None:
    """One gone, one new, one moved by 5 m, and thirty renumbered."""
    del features[79]
    features[0]["geometry"]["coordinates"][0] += 3
    features[0]["geometry"]["coordinates"][1] += 4
    for feature in features[10:40]:
        feature["properties"]["HS"] += "x"
    new = {"ID": 500, "ULICA": "Nova", "HS": "1", "NASELJE": "Lipovec"}
    features.append({"type": "Feature", "properties": new, "geometry": features[1]["geometry"]})


def link(document: Any, rel: str) -> str:
    """The address a document gives under a relation; empty when it gives none."""
    return next((str(each["href"]) for each in document["links"] if each["rel"] == rel), "")


@pytest.fixture
def street(
    database: Database, town_portal: Portal, tmp_path: Path, make_client: Callable[..., FlaskClient]
) -> Street:
    """Two versions, in a copy of the portal's folder, so that sources can be changed."""
    shutil.copytree(town_portal.folder, tmp_path / "town")
    tmp_path.chmod(0o755)
    made = Street(database, read_portal(tmp_path / "town"), make_client(database))
    made.publish()
    made.publish(edit)
    return made


def test_counts_and_features(street: Street) -> None:
    """By default the published version against the one before, with every difference in both languages."""
    told = street.ask()

    assert (told["from"]["number"], told["to"]["number"], told["compared_by"]) == (1, 2, "key")
    assert told["counts"] == {"added": 1, "removed": 1, "geometry": 1, "attributes": 30, "unchanged": 48}
    assert told["numberMatched"] == told["numberReturned"] == len(told["changes"]) == 33
    changes = {change["key"]: change for change in told["changes"]}
    assert changes["0"]["label_moved_m"] == 5
    assert changes["79"]["change"] == "removed"
    assert changes["500"]["after"]["street"] == "Nova"
    (difference,) = changes["10"]["differences"]
    assert (difference["column"], difference["title"]["sl"]) == ("house", "Hišna številka")
    assert difference["after_words"]["en"] == difference["after"] == difference["before"] + "x"
    assert street.ask(to="1", **{"from": "2"})["counts"]["added"] == 1
    assert street.ask("/layers/addresses")["versions"][0]["changes"] == {"against": 1, **told["counts"]}


def test_geojson_to_take_home(street: Street) -> None:
    """A FeatureCollection in degrees: the new place, or the old one of what is gone."""
    answer = street.client.get(CHANGES, query_string={"f": "geojson"})
    document = answer.get_json(force=True)

    assert answer.mimetype == "application/geo+json"
    features = {feature["id"]: feature for feature in document["features"]}
    assert (document["type"], len(features), document["numberMatched"]) == ("FeatureCollection", 33, 33)
    gone, moved = features["79"], features["0"]
    assert gone["properties"]["change"] == "removed"
    assert gone["properties"]["after"] is None
    assert gone["geometry"]["coordinates"] == pytest.approx([15.095, 46.351], abs=0.01)
    assert (moved["properties"]["kinds"], moved["properties"]["before"]) == (["geometry"], {})
    assert set(features["10"]["properties"]["after"]) == {"house"}


@pytest.mark.parametrize("form", ["json", "geojson"])
def test_pages_of_a_kind_stay_on_their_versions(street: Street, form: str) -> None:
    """Each feature once, also when another version is published in the middle of the walk."""
    name = "changes" if form == "json" else "features"
    pages = [street.ask(kind="attributes", limit=12, f=form)]
    street.publish(lambda features: features.pop())
    while following := link(pages[-1], "next"):
        pages.append(street.ask(following))

    keys = [each["key" if form == "json" else "id"] for page in pages for each in page[name]]
    assert [len(page[name]) for page in pages] == [12, 12, 6]
    assert sorted(keys) == sorted({str(number) for number in range(10, 40)})
    assert {page["numberMatched"] for page in pages} == {30}
    assert parse_qs(urlsplit(link(pages[0], "self")).query)["to"] == ["2"]


def test_a_bad_parameter_is_named(street: Street) -> None:
    """400 with the parameter and what would be right."""
    for query, parameter in BAD:
        status, sentence = street.refusal(**query)

        assert (status, parameter in sentence) == (400, True), query


def test_a_next_link_is_good_for_its_walk_only(street: Street) -> None:
    """Another kind, or other versions, are another walk."""
    token = parse_qs(urlsplit(link(street.ask(limit=5), "next")).query)["next"][0]

    assert street.ask(next=token, limit=5)["numberReturned"] == 5
    assert street.refusal(next=token, kind="added")[0] == 400
    assert street.refusal(next=token, to="1", **{"from": "2"})[0] == 400


def test_the_answer_is_known_by_its_versions(street: Street) -> None:
    """304 for who has it, another ETag after publishing; gone with the layer."""
    first = street.client.get(CHANGES)
    again = street.client.get(CHANGES, headers={"If-None-Match": first.headers["ETag"]})
    street.publish(lambda features: features.pop())

    assert again.status_code == 304
    assert street.client.get(CHANGES).headers["ETag"] != first.headers["ETag"]
    assert street.refusal(to="1")[0] == 404
    withdraw_layer(street.database, "addresses", who="test", reason=None)
    assert street.refusal()[0] == 410
    assert street.client.get("/layers/meadows/changes").status_code == 404


def test_a_rollback_is_read_under_its_own_token(street: Street) -> None:
    """Items come from the version gone back to, and its earlier addresses are the present ones again."""
    versions = street.ask("/layers/addresses")["versions"]
    roll_back(street.database, "addresses", who="test")

    described = street.ask("/layers/addresses")
    assert (described["number"], described["token"]) == (1, versions[1]["token"])
    items = "/ogc/collections/addresses/items"
    assert street.client.get(f"{items}/79").status_code == 200
    assert street.client.get(f"{items}/500").status_code == 404
    assert street.ask(f"{items}/79", version=versions[1]["token"])["id"] == "79"
    assert street.ask(f"{items}/500", version=versions[0]["token"])["id"] == "500"
