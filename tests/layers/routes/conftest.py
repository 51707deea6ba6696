"""A small town, imported once, and the HTTP door of the layers floor on it.

Two cadastral municipalities of square parcels, addresses, a water pipe, zones with a hole between them, one
layer that was never loaded and one whose import failed.
"""

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
from layers.portal import read_portal
from layers.routes import build_blueprint
from prostor import headers, problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.cluster import EmbeddedCluster
    from gis.database import DatabaseUrls
    from layers.portal import Portal

WEST, SOUTH = 507000, 135000
SIDE = 20

PORTAL = """
id = "lipovec"
title = { sl = "Prostor Lipovec" }
municipality = { name = { sl = "Lipovec" }, office = { sl = "Urad za prostor" } }
outline = { west = 506000, south = 134000, east = 509000, north = 137000 }
themes = [
  { id = "cadastre", title = { sl = "Kataster" }, description = { sl = "Kataster" }, layers = [
    "roads", "parcels", "addresses" ] },
  { id = "planning", title = { sl = "Načrt" }, description = { sl = "Načrt" }, layers = ["water", "zoning"] },
]
"""

MANIFEST = """
id = "{id}"
role = "{role}"
title = {{ sl = "{sl}", en = "{en}" }}
description = {{ sl = "{sl} za preizkus." }}
{more}
[source]
file = "{id}.geojson"
format = "geojson"
crs = 3794
state_date = 2026-03-01
provider = {{ sl = "Občina Lipovec" }}
licence = "CC-BY-4.0"
licence_url = "https://creativecommons.org/licenses/by/4.0/"
attribution = {{ sl = "Vir: Občina Lipovec", en = "Source: Lipovec" }}
[geometry]
kind = "{kind}"
{columns}
[style.default]
line = "#333333"
"""

COLUMNS = {
    "parcels": """
[columns]
ko = { source = ["KO_ID"], title = { sl = "KO" } }
number = { source = ["ST_PARCELE"], title = { sl = "Številka parcele", en = "Parcel number" } }
ko_name = { source = ["NAZIV"], title = { sl = "Ime KO" } }
area = { source = ["POVRSINA"], type = "integer", unit = "m²", title = { sl = "Površina", en = "Area" } }
eid = { source = ["EID"], title = { sl = "EID" } }
changed = { source = ["DATUM"], type = "date", title = { sl = "Spremenjena", en = "Changed" } }
settled = { source = ["UREJENA"], type = "boolean", title = { sl = "Urejena" } }
slope = { source = ["NAKLON"], type = "number", unit = "%", title = { sl = "Naklon", en = "Slope" } }
[search]
text = "{ko} {number}"
kind = "parcel"
""",
    "addresses": """
[columns]
id = { source = ["ID"], type = "integer", title = { sl = "Oznaka" } }
street = { source = ["ULICA"], title = { sl = "Ulica" } }
house = { source = ["HS"], title = { sl = "Hišna številka" } }
place = { source = ["NASELJE"], title = { sl = "Naselje" } }
[search]
text = "{street} {house}, {place}"
kind = "address"
""",
    "zoning": """
[columns]
code = { source = ["NRP"], title = { sl = "Raba" }, values = { SS = { sl = "stanovanja", en = "housing" } } }
[search]
text = "{code}"
kind = "zone"
""",
    "plain": """
[columns]
id = { source = ["ID"], title = { sl = "Oznaka" } }
""",
}

ZONING_PARTS = """
name = ["code"]
documents = [{ title = { sl = "Odlok" }, url = "https://example.si/odlok" }]
coverage = { statement = { sl = "Vsa občina" } }
"""
LAYERS = {
    "parcels": ("parcels", "Parcele", "Parcels", "polygon", 'key = ["ko", "number"]', "parcels"),
    "addresses": ("addresses", "Naslovi", "Addresses", "point", 'key = ["id"]', "addresses"),
    "zoning": (
        "zoning",
        "Namenska raba",
        "Zoning",
        "polygon",
        ZONING_PARTS,
        "zoning",
    ),
    "water": ("utilities", "Vodovod", "Water", "line", 'key = ["id"]', "plain"),
    "roads": ("other", "Ceste", "Roads", "line", 'key = ["id"]', "plain"),
    "gas": ("utilities", "Plin", "Gas", "line", 'key = ["id"]', "plain"),
    "sewer": ("utilities", "Kanalizacija", "Sewer", "line", 'key = ["id"]', "plain"),
}
STREETS = ("Šoštanjska cesta", "Glavni trg", "Kidričeva ulica", "Črna pot")


def _square(column: int, row: int, width: int = SIDE) -> dict[str, Any]:
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    ring = [[west, south], [west, south + width], [west + width, south + width], [west + width, south]]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _line(row: int) -> dict[str, Any]:
    north = SOUTH + row * SIDE
    return {"type": "LineString", "coordinates": [[WEST, north], [WEST + 400, north]]}


def _parcels() -> list[dict[str, Any]]:
    """400 parcels: number n and its parts n/1 to n/3, each 40th with an asterisk, in two KOs."""
    features = []
    for place in range(400):
        stem, part = place // 4 + 1, place % 4
        number = f"*{place // 40 + 1}" if place % 40 == 0 else f"{stem}/{part}" if part else f"{stem}"
        properties = {
            "KO_ID": "9001" if place < 200 else "9002",
            "ST_PARCELE": number,
            "NAZIV": "Lipovec" if place < 200 else "Žaga pri Lipovcu",
            "POVRSINA": 400,
            "EID": f"{100100001379837235 + place}",
            "DATUM": "2025-01-02" if place % 2 else None,
            "UREJENA": "true" if place % 3 else "false",
            "NAKLON": place / 8,
        }
        features.append({"properties": properties, "geometry": _square(place % 20, place // 20)})
    return features


def _addresses() -> list[dict[str, Any]]:
    return [
        {
            "properties": {
                "ID": place,
                "ULICA": STREETS[place % 4],
                "HS": f"{place // 4 + 1}{'a' if place == 44 else ''}",
                "NASELJE": "Lipovec" if place < 40 else "Žaga",
            },
            "geometry": {"type": "Point", "coordinates": [WEST + 5 + place * 4, SOUTH + 5 + place]},
        }
        for place in range(80)
    ]


def _features() -> Mapping[str, Sequence[dict[str, Any]]]:
    zones = [("SS", _square(0, 0, 100)), ("K1", _square(10, 0, 100))]
    return {
        "parcels": _parcels(),
        "addresses": _addresses(),
        "zoning": [{"properties": {"NRP": code}, "geometry": shape} for code, shape in zones],
        "water": [{"properties": {"ID": "w1"}, "geometry": _line(5)}],
        "roads": [{"properties": {"ID": "r1"}, "geometry": _line(10)}],
        "sewer": [],
    }


def write_source(folder: Path, layer_id: str, features: Sequence[Mapping[str, Any]]) -> None:
    """Write the GeoJSON that the manifest of a layer names."""
    content = {"type": "FeatureCollection", "features": [{"type": "Feature", **each} for each in features]}
    (folder / "layers" / f"{layer_id}.geojson").write_text(json.dumps(content), encoding="utf-8")


def _write_portal(folder: Path) -> Portal:
    (folder / "layers").mkdir(parents=True)
    (folder / "portal.toml").write_text(PORTAL, encoding="utf-8")
    for layer_id, (role, sl, en, kind, more, columns) in LAYERS.items():
        text = MANIFEST.format(
            id=layer_id, role=role, sl=sl, en=en, kind=kind, more=more, columns=COLUMNS[columns]
        )
        (folder / "layers" / f"{layer_id}.toml").write_text(text, encoding="utf-8")
    for layer_id, features in _features().items():
        write_source(folder, layer_id, features)
    return read_portal(folder)


@pytest.fixture(scope="session")
def town_portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The portal's folder with its manifests and sources."""
    folder = tmp_path_factory.mktemp("town")
    folder.chmod(0o755)
    return _write_portal(folder)


@pytest.fixture(scope="session")
def publish(town_portal: Portal) -> Callable[[Database, str], str]:
    """Imports and publishes one layer of the town; gives its token."""

    def run(database: Database, layer_id: str) -> str:
        manifest = next(each for each in town_portal.read_manifests() if each.id == layer_id)
        report = import_layer(
            database, town_portal, manifest, targets=(), home=town_portal.folder / "home", who="test"
        )
        return report.token or ""

    return run


@pytest.fixture(scope="session")
def town(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], publish: Callable[[Database, str], str]
) -> Iterator[Database]:
    """The database of the town: five layers published, `sewer` refused, `gas` never tried."""
    database = Database(cluster.urls(_copy_template()))
    for layer_id in ("parcels", "addresses", "zoning", "water", "roads"):
        publish(database, layer_id)
    with pytest.raises(SourceError):
        publish(database, "sewer")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def make_client(town_portal: Portal) -> Callable[..., FlaskClient]:
    """Makes a client of this floor on a database, with errors and headers as the service has them."""

    def make(database: Database, *, catalogue: Catalogue | None = None, **settings: Any) -> FlaskClient:
        app = Flask("test", static_folder=None)
        named = _named(database.urls, **settings)
        app.extensions["settings"] = named
        catalogue = catalogue or Catalogue(database, remember_seconds=0)
        app.register_blueprint(build_blueprint(named, town_portal, catalogue, database))
        problems.register(app)
        headers.register(app)
        return app.test_client()

    return make


@pytest.fixture(scope="session")
def client(town: Database, make_client: Callable[..., FlaskClient]) -> FlaskClient:
    """A client of the town."""
    return make_client(town)


@pytest.fixture
def asked(client: FlaskClient) -> Callable[..., Any]:
    """Asks a path with query parameters and gives the JSON of a 200."""

    def ask(path: str, **query: Any) -> Any:
        answer = client.get(path, query_string={name.replace("_", "-"): each for name, each in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.get_json(force=True)

    return ask


def _named(urls: DatabaseUrls, **settings: Any) -> Settings:
    return Settings(
        database_url=SecretStr(urls.reader),
        loader_url=SecretStr(urls.loader),
        owner_url=SecretStr(urls.owner),
        **settings,
    )
