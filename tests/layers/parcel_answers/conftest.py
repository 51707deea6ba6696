"""A village with a theme of every kind, and a client that asks what applies on its parcels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from pydantic import SecretStr

from gis.database import Database
from gis.errors import SourceError
from gis.settings import Settings
from layers.catalogue import Catalogue
from layers.loading.importing import import_layer
from layers.loading.publish import publish_version
from layers.portal import read_portal
from layers.routes import build_blueprint
from prostor import headers, problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.cluster import EmbeddedCluster

WEST, SOUTH = 507000, 135000

PORTAL = """
id = "lipovec"
title = { sl = "Prostor Lipovec" }
municipality = { name = { sl = "Lipovec" }, office = { sl = "Urad za prostor" } }
outline = { west = 506000, south = 134000, east = 509000, north = 137000 }
themes = [{ id = "vse", title = { sl = "Vse" }, description = { sl = "Vse" }, layers = ["parcels"] }]
[answer]
report = "https://example.si/napaka?layer={layer}&id={features}&e={east}&n={north}&parcel={ko}%20{number}&page={page}"
application = { title = { sl = "Vloga" }, url = "https://example.si/vloga" }
fee = { sl = "22,70 EUR" }
themes = [
  { layer = "power" }, { layer = "gas" }, { layer = "sewer" }, { layer = "buildings" }, { layer = "zoning" },
  { layer = "acts", subject = "acts" }, { layer = "protected" }, { layer = "flood", subject = "hazards" },
]
[[answer.belts]]
layers = ["power"]
where = { kind = ["nadzemni"] }
width = 10
article = { sl = "EZ-2, 112. člen", en = "EZ-2, Article 112" }
"""

MANIFEST = """
id = "{id}"
role = "{role}"
title = {{ sl = "{id}" }}
description = {{ sl = "{id}" }}
key = {key}
{more}
[source]
file = "{id}.geojson"
format = "geojson"
crs = 3794
state_date = {state_date}
provider = {{ sl = "Občina Lipovec" }}
licence = "CC-BY-4.0"
attribution = {{ sl = "Vir: Občina Lipovec" }}
[geometry]
kind = "{kind}"
[style.default]
line = "#333333"
[columns]
{columns}
"""

COVERED = 'coverage = { statement = { sl = "Vsa občina." } }\n'
PARCEL_COLUMNS = ("ko", "number", "ko_name", "area:integer", "eid")
ZONING = 'answer = { restriction = ["eup", "nrp"], tell = ["height"], covers_once = true }'
POWER = 'answer = { restriction = ["kind"], accuracy = "accuracy", reach = 20 }'
FLOOD = 'coverage = { statement = { sl = "Študija." }, within = "studies" }'
ACTS = 'answer = { restriction = ["name"], legal_state = "state" }'
SEARCH = '[search]\ntext = "{ko} {number}"\nkind = "parcel"\n'
# id: role, kind, key, more of the manifest, columns
LAYERS: dict[str, tuple[str, str, Sequence[str], str, Sequence[str]]] = {
    "parcels": ("parcels", "polygon", ("ko", "number"), SEARCH, PARCEL_COLUMNS),
    "buildings": ("buildings", "polygon", ("id",), COVERED, ("id",)),
    "zoning": ("zoning", "polygon", ("eup",), COVERED + ZONING, ("eup", "nrp", "height:number")),
    "protected": ("protection", "polygon", ("name",), COVERED, ("name",)),
    "flood": ("protection", "polygon", ("name",), FLOOD, ("name",)),
    "studies": ("other", "polygon", ("name",), "", ("name",)),
    "acts": ("other", "polygon", ("name",), COVERED + ACTS, ("name", "state")),
    "power": ("utilities", "line", ("id",), POWER, ("id", "kind", "accuracy:number")),
    "gas": ("utilities", "line", ("id",), "", ("id",)),
    "sewer": ("utilities", "line", ("id",), "", ("id",)),
}


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A polygon, metres from the corner of the village."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[WEST + x, SOUTH + y] for x, y in ring]]}


def line(*points: tuple[float, float]) -> dict[str, Any]:
    """A line, metres from the corner of the village."""
    return {"type": "LineString", "coordinates": [[WEST + x, SOUTH + y] for x, y in points]}


def parcel(number: str, area: int | None, *bounds: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """A parcel of KO 9001."""
    eid = f"1001{int.from_bytes(number.encode()):014d}"
    return {"ko": "9001", "number": number, "ko_name": "Lipovec", "area": area, "eid": eid}, box(*bounds)


FEATURES: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "parcels": [
        parcel("10", 1811, 0, 0, 60, 30),
        parcel("2/1", None, 60, 0, 90, 30),
        parcel("*3", 1800, 0, 30, 60, 60),
        parcel("4", 100, 1990, 0, 2010, 10),
    ],
    "buildings": [({"id": "7"}, box(5, 5, 15, 15)), ({"id": "8"}, box(60.05, 5, 70, 15))],
    "zoning": [
        ({"eup": "JE-1", "nrp": "SS", "height": 9.5}, box(-50, -50, 20, 100)),
        ({"eup": "JE-2", "nrp": "K2", "height": None}, box(20, -50, 200, 100)),
    ],
    "protected": [({"name": "Hrast"}, box(70, 10, 80, 20)), ({"name": "Grad"}, box(-500, 0, -400, 100))],
    "flood": [({"name": "velika"}, box(500, 0, 600, 100))],
    "studies": [({"name": "Študija"}, box(-100, -100, 58, 100))],
    "acts": [({"name": "OPPN Center", "state": "osnutek"}, box(-10, -10, 30, 200))],
    "power": [({"id": "p1", "kind": "nadzemni", "accuracy": 1.0}, line((-100, -4), (300, -4)))],
    "sewer": [],
}


def write_layer(folder: Path, layer_id: str, *, state_date: str = "2026-01-01") -> None:
    """A manifest and its GeoJSON."""
    role, kind, key, more, columns = LAYERS[layer_id]
    named = [column.partition(":") for column in columns]
    written = [
        f'{name} = {{ source = ["{name}"], type = "{type_ or "text"}", title = {{ sl = "{name}" }} }}'
        for name, _, type_ in named
    ]
    before, table, after = more.partition("[search]")
    text = MANIFEST.format(
        id=layer_id,
        role=role,
        kind=kind,
        key=json.dumps(list(key)),
        more=before,
        state_date=state_date,
        columns="\n".join(written) + f"\n{table}{after}",
    )
    (folder / "layers" / f"{layer_id}.toml").write_text(text, encoding="utf-8")
    features = [
        {"type": "Feature", "properties": properties, "geometry": shape}
        for properties, shape in FEATURES.get(layer_id, [])
    ]
    content = {"type": "FeatureCollection", "features": features}
    (folder / "layers" / f"{layer_id}.geojson").write_text(json.dumps(content), encoding="utf-8")


class Village:
    """The portal's folder, its database and a client of the layers floor."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database

    def publish(self, layer_id: str, **more: Any) -> None:
        """Import a layer of the village and publish it, whatever the hold rules say of the change."""
        write_layer(self.folder, layer_id, **more)
        portal = read_portal(self.folder)
        (manifest,) = (each for each in portal.read_manifests() if each.id == layer_id)
        home = self.folder / "home"
        report = import_layer(self.database, portal, manifest, targets=(), home=home, who="test")
        if report.outcome == "waiting":
            publish_version(self.database, layer_id, None, who="test", confirm=True)

    def open(self) -> FlaskClient:
        """A client that forgets nothing between its requests but what was published."""
        urls = self.database.urls
        settings = Settings(
            database_url=SecretStr(urls.reader),
            loader_url=SecretStr(urls.loader),
            owner_url=SecretStr(urls.owner),
            base_url="https://karta.example.si",
        )
        app = Flask("test", static_folder=None)
        app.extensions["settings"] = settings
        catalogue = Catalogue(self.database, remember_seconds=0)
        app.register_blueprint(build_blueprint(settings, read_portal(self.folder), catalogue, self.database))
        problems.register(app)
        headers.register(app)
        return app.test_client()


@pytest.fixture(scope="session")
def village(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Village]:
    """Everything published but `gas`, which nobody loaded, and `sewer`, whose import failed; zoning twice."""
    folder = tmp_path_factory.mktemp("village")
    folder.chmod(0o755)
    (folder / "layers").mkdir()
    (folder / "portal.toml").write_text(PORTAL, encoding="utf-8")
    for layer_id in LAYERS:
        write_layer(folder, layer_id)
    database = Database(cluster.urls(_copy_template()))
    made = Village(folder, database)
    for layer_id in LAYERS:
        if layer_id not in ("gas", "sewer", "zoning", "protected"):
            made.publish(layer_id)
    before = FEATURES["zoning"]
    FEATURES["zoning"] = [({"eup": "JE-1", "nrp": "G", "height": None}, box(-50, -50, 200, 100))]
    made.publish("zoning")
    FEATURES["zoning"] = before
    made.publish("zoning", state_date="2026-03-01")
    made.publish("protected", state_date="2026-02-01")
    with pytest.raises(SourceError):
        made.publish("sewer")
    yield made
    database.dispose()


@pytest.fixture(scope="session")
def client(village: Village) -> FlaskClient:
    """A client of the village."""
    return village.open()


@pytest.fixture
def answer(client: FlaskClient) -> Callable[..., Any]:
    """The document about a parcel."""

    def ask(path: str, **query: str) -> Any:
        found = client.get(
            f"/parcels/{path}", query_string={name.replace("_", "-"): each for name, each in query.items()}
        )
        assert found.status_code == 200, found.text
        return found.get_json()

    return ask


@pytest.fixture
def themes(answer: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """The themes of one parcel by layer."""

    def ask(path: str, **query: str) -> dict[str, Any]:
        (parcel,) = answer(path, **query)["content"]["parcels"]
        return {theme["layer"]: theme for theme in parcel["themes"]}

    return ask
