"""The OpenAPI document says what the service does: every path and parameter in it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from layers.catalogue import Catalogue
from layers.openapi import build_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.testing import FlaskClient

    from gis.database import Database

pytestmark = pytest.mark.database

# OpenAPI 3.0.3, the parts of Path Item, Operation and Parameter Object that are used.
PARAMETER = {
    "type": "object",
    "required": ["name", "in", "schema"],
    "properties": {
        "name": {"type": "string"},
        "in": {"enum": ["query", "path"]},
        "required": {"type": "boolean"},
        "schema": {"type": "object"},
    },
    "if": {"properties": {"in": {"const": "path"}}},
    "then": {"properties": {"required": {"const": True}}},
}
OPERATION = {
    "type": "object",
    "required": ["operationId", "responses", "parameters"],
    "properties": {
        "parameters": {"type": "array", "items": PARAMETER},
        "responses": {
            "type": "object",
            "required": ["200", "400"],
            "patternProperties": {"^[1-5][0-9][0-9]$": {"type": "object", "required": ["description"]}},
            "additionalProperties": False,
        },
    },
}
PATHS = {
    "type": "object",
    "patternProperties": {"^/": {"type": "object", "required": ["get"], "properties": {"get": OPERATION}}},
    "additionalProperties": False,
}
EXAMPLES = {
    "bbox": "15,46,16,47",
    "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/4326",
    "crs": "3794",
    "datetime": "2026-03-01T00:00:00Z",
    "properties": "id",
    "layers": "parcels",
    "lang": "en",
    "q": "1/1",
    "x": "507030",
    "y": "135010",
    "settled": "true",
    "changed": "2026-03-01",
    "as-of": "2026-03-01",
    "parcels": "9001:2/1",
    "list": "9001 2/1",
    "geometry": "POINT(507030 135010)",
    "neighbours": "true",
}


@pytest.fixture(scope="module")
def paths(town: Database) -> Mapping[str, Any]:
    """The paths of the floor on the town."""
    return build_paths(Catalogue(town))


def test_paths_are_valid(paths: Mapping[str, Any]) -> None:
    """Valid OpenAPI 3.0, operation ids unique, path parameters declared."""
    jsonschema.validate(dict(paths), PATHS)
    ids = [item["get"]["operationId"] for item in paths.values()]

    assert len(set(ids)) == len(ids)
    for path, item in paths.items():
        declared = {each["name"] for each in item["get"]["parameters"] if each["in"] == "path"}
        assert declared == {part[1:-1] for part in path.split("/") if part.startswith("{")}


def test_every_documented_parameter_is_accepted(client: FlaskClient, paths: Mapping[str, Any]) -> None:
    """Each path answers 200, also with every optional parameter of its own set by itself."""
    for template, item in paths.items():
        path = template.replace("{collectionId}", "parcels").replace("{featureId}", _first_id(client, template))
        path = path.replace("{ko}", "9001").replace("{number}", "2/1")
        queries = [each for each in item["get"]["parameters"] if each["in"] == "query"]
        needed = {each["name"]: EXAMPLES[each["name"]] for each in queries if each["required"]}
        if template.endswith("/changes"):  # parcels have one version only, and nothing before it
            needed["from"] = "1"
        if template == "/parcels":  # either a text or a point
            needed |= {"x": EXAMPLES["x"], "y": EXAMPLES["y"]}
        for parameter in queries:
            given = {**needed, parameter["name"]: _example(parameter)}
            if template == "/parcels/select":  # one of three says what is meant
                given |= _subject_for(parameter["name"])
            if parameter["name"] != "next":
                answer = client.get(path, query_string=given)
                assert answer.status_code == 200, (path, given, answer.text)
        if template == "/parcels/select":
            needed |= _subject_for("lang")
        assert client.get(path, query_string=needed).status_code == 200


def _subject_for(parameter: str) -> Mapping[str, str]:
    """What a parameter of a selection goes with."""
    if parameter in ("parcels", "list", "geometry"):
        return {}
    subject = "geometry" if parameter == "crs" else "parcels"
    return {subject: EXAMPLES[subject]}


def _first_id(client: FlaskClient, template: str) -> str:
    if "{featureId}" not in template:
        return ""
    page = client.get(template.removesuffix("/{featureId}") + "?limit=1").get_json(force=True)
    return str(page["features"][0]["id"])


def _example(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    if parameter["name"] == "properties":
        return str(schema["items"]["enum"][0])
    if "example" in schema:
        return str(schema["example"])
    return str(schema.get("enum", [None])[0] or EXAMPLES.get(parameter["name"]) or schema.get("default") or "1")
