"""What inspect finds out about a file, and the manifest it drafts for a clerk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.drafting import draft_manifest
from layers.introspect import advise_crs, inspect_source
from layers.manifest import read_manifest
from layers.portal import Portal
from layers.reading.guessing import guess_coordinates, guess_type
from layers.reading.report import LayerFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SQUARES = [shapely.box(x, 135_000, x + 80, 135_060) for x in range(502_000, 504_000, 400)]
BOW_TIE = shapely.Polygon([(505_000, 135_000), (505_010, 135_010), (505_010, 135_000), (505_000, 135_010)])


@pytest.fixture
def outline() -> Portal:
    """A portal of 10 × 10 km."""
    return Portal.model_validate(
        {
            "id": "lipovec",
            "municipality": {"name": {"sl": "Lipovec"}, "office": {"sl": "Urad"}},
            "title": {"sl": "Lipovec"},
            "outline": {"west": 500_000, "south": 130_000, "east": 510_000, "north": 140_000},
            "themes": [{"id": "a", "title": {"sl": "A"}, "description": {"sl": "A"}, "layers": ["b"]}],
        }
    )


def test_a_shapefile_is_described(tmp_path: Path, write_source: Callable[..., Path], outline: Portal) -> None:
    """Rows, shapes, faults, encoding with samples, CRS held against the outline, and columns with examples."""
    source = write_source(
        tmp_path / "Območja.shp", [*SQUARES, SQUARES[0], BOW_TIE, None], names=["Čebula"] * 8, encoding="cp1250"
    )

    inspected = inspect_source(source, home=tmp_path / "home")

    layer = inspected.inspection.layers[0]
    assert (layer.name, layer.row_count, layer.crs, layer.encoding) == ("Območja", 8, 3794, "cp1250")
    assert (layer.null_geometries, layer.invalid, layer.duplicate_geometries) == (1, 1, 1)
    assert layer.samples == ("Čebula",)
    assert [(field.name, field.distinct, field.samples[0]) for field in layer.fields] == [
        ("ID", 8, "A1"),
        ("IME", 1, "Čebula"),
    ]
    assert advise_crs(layer, outline).sentence == "The file says EPSG:3794, and it fits the portal's outline."


def test_the_draft_can_be_imported(tmp_path: Path, write_source: Callable[..., Path], outline: Portal) -> None:
    """It is a valid manifest, with a key that is unique and no column of persons."""
    source = write_source(tmp_path / "Območja 2026.gpkg", SQUARES)
    inspected = inspect_source(source, home=tmp_path / "home")
    layer = inspected.inspection.layers[0]

    (tmp_path / "draft.toml").write_text(draft_manifest(inspected, layer, advise_crs(layer, outline)))
    manifest = read_manifest(tmp_path / "draft.toml")

    assert manifest.id == "obmocja-2026"
    assert manifest.key == ("id",)
    assert manifest.geometry.kind == "polygon"
    assert manifest.source.crs == 3794
    assert set(manifest.columns) == {"id", "name"}


def test_slovenian_columns_get_their_names_and_persons_none(tmp_path: Path, outline: Portal) -> None:
    """KO_ID and ST_PARCELE make a parcel layer; owners are left out and named; EIDs stay text."""
    (tmp_path / "parcele.csv").write_text(
        "KO_ID;ST_PARCELE;EID_PARCELA;POVRSINA;LASTNIK;DATUM_SYS;E_CEN;N_CEN\n"
        "9001;123/4;100100001379837235;512,5;Janez;1.3.2026;505000,5;135000\n"
        "9001;*45;100100001379837236;0;Ana;2.3.2026;505010,5;135010\n"
    )
    inspected = inspect_source(tmp_path / "parcele.csv", home=tmp_path / "home")
    layer = inspected.inspection.layers[0]

    text = draft_manifest(inspected, layer, advise_crs(layer, outline))
    (tmp_path / "draft.toml").write_text(text)
    manifest = read_manifest(tmp_path / "draft.toml")

    assert manifest.role == "parcels"
    assert manifest.key == ("ko", "number")
    assert manifest.search is not None
    assert (manifest.search.text, manifest.search.kind) == ("{ko} {number}", "parcel")
    assert (manifest.source.x, manifest.source.y, manifest.source.decimal) == ("E_CEN", "N_CEN", ",")
    assert manifest.columns["eid"].type == "text"
    assert manifest.columns["area"].zero_is_unknown
    assert manifest.columns["changed"].type == "date"
    assert "seem to hold persons: LASTNIK (the name of the column speaks of 'lastnik')" in text


def test_every_layer_of_a_geopackage_is_listed(tmp_path: Path, write_source: Callable[..., Path]) -> None:
    """One can be chosen."""
    source = write_source(tmp_path / "a.gpkg", SQUARES[:2], layer="first")
    write_source(source, SQUARES, layer="second")

    both = inspect_source(source, home=tmp_path / "home").inspection.layers
    chosen = inspect_source(source, home=tmp_path / "home", layer="second").inspection.layers

    assert [(layer.name, layer.row_count) for layer in both] == [("first", 2), ("second", 5)]
    assert [layer.name for layer in chosen] == ["second"]


def found(bounds: tuple[float, float, float, float], crs: int | None) -> LayerFound:
    """A finding with this extent and statement."""
    return LayerFound(
        name="a",
        row_count=1,
        crs=crs,
        crs_text="",
        fields=(),
        geometry_types={"Polygon": 1},
        null_geometries=0,
        invalid=0,
        has_z=False,
        unknown_heights=0,
        bounds=bounds,
        encoding=None,
        encoding_reason="",
        samples=(),
        duplicate_geometries=0,
    )


@pytest.mark.parametrize(
    ("bounds", "crs", "srid", "words"),
    [
        ((501_000, 131_000, 509_000, 139_000), None, 3794, "both fit, 611 m apart"),
        ((15.02, 46.32, 15.1, 46.38), None, 4326, "fits the portal's outline as EPSG:4326"),
        ((501_000, 131_000, 509_000, 139_000), 3787, 3912, "deprecated"),
        (
            (15.02, 46.32, 15.1, 46.38),
            3794,
            4326,
            "does not fit the portal's outline; it would fit as EPSG:4326",
        ),
        ((400_000, 40_000, 600_000, 190_000), 3794, 3794, "does not fit the portal's outline"),
        ((400_000, 40_000, 600_000, 190_000), None, None, "this municipality, take its rows with where"),
    ],
)
def test_the_crs_is_advised_on(
    outline: Portal, bounds: tuple[float, float, float, float], crs: int | None, srid: int | None, words: str
) -> None:
    """Stated and fitting, missing and ambiguous, deprecated, or contradicting the coordinates."""
    advice = advise_crs(found(bounds, crs), outline)

    assert advice.srid == srid
    assert words in advice.sentence


def test_y_and_x_of_old_tables_are_told_apart() -> None:
    """In D48 tables Y is east; the values show it."""
    records = [["A", "510000,5", "136000"]]

    coordinates = guess_coordinates(["ID", "Y", "X"], records)

    assert coordinates is not None
    assert (coordinates.x, coordinates.y, coordinates.decimal) == ("Y", "X", ",")
    assert guess_coordinates(["ID", "X", "OPIS"], records) is None


@pytest.mark.parametrize(
    ("stated", "values", "kind"),
    [
        ("int32:9", [1, 2], "integer"),
        ("int64", [100100001379837235], "text"),
        ("float:24.15", [1.0, 2.0], "integer"),
        ("float", [1.5], "number"),
        ("str:10", ["1", "2"], "text"),
        ("str:10", ["1.3.2026"], "date"),
        ("bool", [True], "boolean"),
        ("datetime", ["2026-03-01T00:00:00"], "date"),
        (None, ["1", "20"], "integer"),
        (None, ["0123"], "text"),
        (None, ["1,5", "2"], "number"),
        (None, [], "text"),
    ],
)
def test_types_are_guessed_carefully(stated: str | None, values: list[object], kind: str) -> None:
    """Codes with leading zeros and long identifiers stay text."""
    assert guess_type(stated, values) == kind


def test_a_missing_index_does_not_stop_inspection(tmp_path: Path, write_source: Any) -> None:
    """What is wrong is said, what can be read is shown."""
    source = write_source(tmp_path / "a.shp", SQUARES)
    source.with_suffix(".shx").unlink()

    notes = inspect_source(source, home=tmp_path / "home").inspection.layers[0].notes

    assert "The .shx part was missing and was rebuilt." in notes
