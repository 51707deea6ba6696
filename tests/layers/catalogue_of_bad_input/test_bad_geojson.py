"""Rows 41 to 48 of the catalogue of bad input: GeoJSON that is cut, unreadable, or lies about its numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import SourceError
from layers.reading.geojsontext import read_geojson_facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.database

RING = "[[502000,135000],[502040,135000],[502040,135040],[502000,135000]]"
D96 = '"crs":{"type":"name","properties":{"name":"EPSG:3794"}},'


@pytest.fixture
def geojson(tmp_path: Path) -> Callable[..., Path]:
    """Writes three triangles; parts of the second one and members of the whole may be put in as JSON text."""

    def make(
        *, geometry: str | None = None, feature: str = "", properties: str = "", members: str = D96
    ) -> Path:
        sound = f'{{"type":"Polygon","coordinates":[{RING}]}}'
        features = [
            f'{{"type":"Feature",{feature if n == 2 else ""}'
            f'"properties":{{{properties if n == 2 else ""}"ID":"A{n}","IME":"Območje {n}"}},'
            f'"geometry":{geometry if geometry and n == 2 else sound}}}'
            for n in (1, 2, 3)
        ]
        path = tmp_path / "areas.geojson"
        path.write_text(
            f'{{"type":"FeatureCollection",{members}"features":[{",".join(features)}]}}', encoding="utf-8"
        )
        return path

    return make


@pytest.fixture
def unreadable() -> Callable[[Path], str]:
    """Gives the sentence of a GeoJSON that is refused while it is read as text, before GDAL."""

    def refuse(path: Path) -> str:
        with pytest.raises(SourceError) as caught:
            read_geojson_facts(path)
        return caught.value.sentence

    return refuse


@pytest.mark.parametrize(
    ("share", "feature"), [(0.95, 3), (0.5, 2), (0.1, None)], ids=["the end", "the middle", "the beginning"]
)
def test_row_41_geojson_cut_short(
    geojson: Callable[..., Path], refused: Callable[..., str], share: float, feature: int | None
) -> None:
    """row 41: the byte at which it stops is named, and the feature."""
    path = geojson()
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    sentence = refused(path)

    assert f"The GeoJSON ends too early, at byte {path.stat().st_size}" in sentence or feature
    assert "ends too early" in sentence
    assert (f"in feature {feature}" in sentence) if feature else ("in feature" not in sentence)


def test_row_41_a_comma_too_many(geojson: Callable[..., Path], refused: Callable[..., str]) -> None:
    """row 41: a fault in the middle is named by its byte, counted in bytes and not in letters."""
    path = geojson(properties='"OPIS":"čšž",,')

    sentence = refused(path)

    assert f"at byte {path.read_bytes().index(b',,') + 1} in feature 2" in sentence


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [("utf-16", "written in UTF-16"), ("cp1250", "not valid UTF-8 at byte")],
)
def test_row_42_other_encodings(
    geojson: Callable[..., Path], refused: Callable[..., str], encoding: str, reason: str
) -> None:
    """row 42: GeoJSON is UTF-8; the way out is to save it so."""
    path = geojson()
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))

    sentence = refused(path)

    assert reason in sentence
    assert "Save it as UTF-8" in sentence


def test_row_42_a_mark_at_the_beginning(
    geojson: Callable[..., Path], accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 42: the UTF-8 mark that Windows programs write is accepted."""
    path = geojson()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert [row["name"] for row in stored(accepted(path))] == ["Območje 1", "Območje 2", "Območje 3"]


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_row_43_a_hundred_thousand_deep(
    geojson: Callable[..., Path], unreadable: Callable[[Path], str], deep: str
) -> None:
    """row 43: nesting ends in a sentence and not in the stack."""
    assert "is nested too deeply" in unreadable(geojson(properties=f'"DEEP":{deep},'))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 400, "9" * 5000])
def test_row_44_no_numbers(
    geojson: Callable[..., Path], unreadable: Callable[[Path], str], number: str
) -> None:
    """row 44: what is no number, or no finite one, is refused with the feature."""
    ring = f"[[[502000,135000],[502040,{number}],[502040,135040],[502000,135000]]]"

    sentence = unreadable(geojson(geometry=f'{{"type":"Polygon","coordinates":{ring}}}'))

    assert "eature 2" in sentence


def test_rows_43_to_48_change_nothing(geojson: Callable[..., Path], refused: Callable[..., str]) -> None:
    """row 43, row 44, row 45, row 47, row 48: what is refused as text leaves everything as it was."""
    link = '"crs":{"type":"link","properties":{"href":"http://127.0.0.1:1/"}},'
    spoilt: list[tuple[dict[str, str], str]] = [
        ({"properties": f'"DEEP":{"[" * 100_000},'}, "is nested too deeply"),
        ({"geometry": '{"type":"Point","coordinates":[NaN,1]}'}, "has NaN, which is no number of JSON"),
        ({"geometry": '{"type":"Point","coordinates":["1","2"]}'}, "a coordinate that is not a number"),
        ({"members": link}, "links are not followed"),
        ({"properties": '"ID":"A9",'}, "two members called 'ID'"),
    ]

    for parts, reason in spoilt:
        assert reason in refused(geojson(**parts))


@pytest.mark.parametrize(
    ("kind", "coordinates", "reason"),
    [
        ("Polygon", '[[["502000","135000"],[1,2],[3,4],[5,6]]]', "a coordinate that is not a number"),
        ("Polygon", "[[[true,false],[1,2],[3,4],[true,false]]]", "a coordinate that is not a number"),
        ("Polygon", "[[[502000],[502040],[502040],[502000]]]", "a position of fewer than two numbers"),
        ("Polygon", "[[[502000,135000],[502040,135000]]]", "a ring of 2 positions"),
        ("Polygon", "[[[1,1],[2,1],[2,2],[1,2]]]", "a ring that does not end where it begins"),
        ("Polygon", "[[]]", "a ring of 0 positions"),
        ("Polygon", "[502000,135000]", "coordinates that are not lists of numbers"),
        ("MultiPolygon", f"[{RING}]", "coordinates that are not lists of numbers"),
        ("Polygon", '"POLYGON((1 1,2 2))"', "no list of coordinates"),
        ("Polygon", "null", "no list of coordinates"),
        ("Dodecahedron", "[]", "the type 'Dodecahedron'"),
    ],
)
def test_row_45_coordinates_that_are_none(
    geojson: Callable[..., Path], unreadable: Callable[[Path], str], kind: str, coordinates: str, reason: str
) -> None:
    """row 45: strings, rings of two points, open rings and wrong depths, each by feature and by what it is."""
    sentence = unreadable(geojson(geometry=f'{{"type":"{kind}","coordinates":{coordinates}}}'))

    assert f"Feature 2: its geometry has {reason}" in sentence


def test_row_45_empty_coordinates(geojson: Callable[..., Path], refused: Callable[..., str]) -> None:
    """row 45: an empty list is no geometry, which a manifest may allow and this one does not."""
    assert "Feature 2 has no geometry" in refused(geojson(geometry='{"type":"Polygon","coordinates":[]}'))


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::3912", "EPSG:3912"])
def test_row_46_a_crs_member_counts(
    geojson: Callable[..., Path], refused: Callable[..., str], accepted: Callable[..., Any], name: str
) -> None:
    """row 46: the crs member of old GeoJSON is believed; one that contradicts the manifest is refused."""
    member = json.dumps({"type": "name", "properties": {"name": name}})
    path = geojson(members=f'"crs":{member},')

    sentence = refused(path)
    report = accepted(path, source={"crs": 3912})

    assert "The file says its coordinates are in EPSG:3912" in sentence
    assert report.operation_accuracy_m is not None


def test_row_46_degrees_stated_in_words(geojson: Callable[..., Path], refused: Callable[..., str]) -> None:
    """row 46: a stated CRS84 is a statement like any other, not the format's assumption."""
    member = '"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},'

    assert "The file says its coordinates are in EPSG:4326" in refused(geojson(members=member))


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ('{"type":"link","properties":{"href":"http://127.0.0.1:1/crs","type":"proj4"}}', "of type 'link'"),
        ('{"type":"name","properties":{"name":"http://127.0.0.1:1/crs"}}', "'http://127.0.0.1:1/crs', which"),
        ('{"type":"name","properties":{"name":"EPSG:99999"}}', "'EPSG:99999', which is no EPSG code"),
        ('{"type":"name","properties":{"name":7}}', "names no CRS"),
        ('"EPSG:3794"', "names no CRS"),
    ],
)
def test_row_47_a_crs_that_cannot_be_followed(
    geojson: Callable[..., Path], unreadable: Callable[[Path], str], member: str, reason: str
) -> None:
    """row 47: a link is not followed and not taken for degrees; an unknown name neither."""
    assert reason in unreadable(geojson(members=f'"crs":{member},'))


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"properties": '"ID":"A9",'}, "ID"),
        ({"feature": '"geometry":null,'}, "geometry"),
        ({"members": '"features":[],'}, "features"),
        ({"members": '"type":"FeatureCollection",'}, "type"),
    ],
    ids=["a property", "a geometry", "the features", "the type"],
)
def test_row_48_members_of_one_name(
    geojson: Callable[..., Path], unreadable: Callable[[Path], str], parts: dict[str, str], name: str
) -> None:
    """row 48: programs disagree on which of two members counts, so neither does."""
    assert f"two members called '{name}'" in unreadable(geojson(**parts))


def test_row_48_ids_that_repeat(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 48: up to twenty ids that come twice are listed."""
    triangle = {"type": "Polygon", "coordinates": [json.loads(RING)]}
    features = [
        {"type": "Feature", "id": n % 30, "properties": {"ID": f"A{n}", "IME": ""}, "geometry": triangle}
        for n in range(60)
    ]
    (tmp_path / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    sentence = refused(tmp_path / "areas.geojson")

    assert "Several features have the same id: 0, 1, 2," in sentence
    assert ", 19. " in sentence


def test_row_48_keys_that_repeat(geojson: Callable[..., Path], refused: Callable[..., str]) -> None:
    """row 48: without ids of its own, the manifest's key has to tell features apart."""
    path = geojson()
    path.write_text(path.read_text(encoding="utf-8").replace('"ID":"A3"', '"ID":"A1"'), encoding="utf-8")

    assert "The key (id) is not unique: 'A1'" in refused(path)
