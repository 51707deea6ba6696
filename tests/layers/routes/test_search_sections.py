"""Parcels of a cadastre whose parts have letters for a code and no names, as the sections of a French one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from layers.loading.importing import import_layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from gis.database import Database
    from layers.portal import Portal

pytestmark = pytest.mark.database

SECTIONS = {"9001": "AB", "9002": "AC"}


@pytest.fixture
def client_of_sections(
    database: Database, town_portal: Portal, make_client: Callable[..., FlaskClient]
) -> FlaskClient:
    """The town's parcels under sections instead of cadastral municipalities."""
    parcels = next(each for each in town_portal.read_manifests() if each.id == "parcels")
    columns = {name: parcels.columns[name] for name in ("ko", "number")}
    content = json.loads(parcels.source_path.read_text(encoding="utf-8"))
    for feature in content["features"]:
        feature["properties"]["KO_ID"] = SECTIONS[str(feature["properties"]["KO_ID"])]
    source = town_portal.folder / "sections.geojson"
    source.write_text(json.dumps(content), encoding="utf-8")
    import_layer(
        database,
        town_portal,
        parcels.model_copy(update={"columns": columns}),
        targets=(),
        home=town_portal.folder / "home",
        source=source,
        who="test",
    )
    return make_client(database)


@pytest.mark.parametrize("text", ["AB 2/1", "ab 2/1", "2/1 AB"])
def test_a_section_is_found_as_it_is_written(client_of_sections: FlaskClient, text: str) -> None:
    """The title under which a parcel is shown finds it, and so does what people make of it."""
    answer = client_of_sections.get("/search", query_string={"q": text}).get_json()

    titles = [result["title"] for group in answer["groups"] for result in group["results"]]
    assert titles[:1] == ["AB 2/1"]
    assert not any(title.startswith("AC") for title in titles)
