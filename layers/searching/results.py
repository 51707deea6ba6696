"""Results of the search box as JSON: features, streets with their extent, coordinates and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.positions import find_position, read_bounds, read_box
from layers.searching import statements
from layers.table import FID, KEY, TITLE

if TYPE_CHECKING:
    import sqlalchemy as sa

    from layers.catalogue import PublishedLayer
    from layers.positions import Position
    from layers.searching.typed_coordinates import TypedPlace

Json = dict[str, Any]

_COORDINATES = {"sl": "Koordinate", "en": "Coordinates"}
_STREETS = {"sl": "Ulice in kraji", "en": "Streets and places"}
_READ_AS = {"sl": "prebrano kot {system}", "en": "read as {system}"}
_CHANGED = {
    "sl": "prebrano kot D48/GK in preračunano v D96/TM, natančnost {accuracy} m",
    "en": "read as D48/GK and changed to D96/TM, accuracy {accuracy} m",
}
_SWAPPED = {
    "sl": "vrstni red je zamenjan: sever stoji pred vzhodom",
    "en": "the order was swapped: north stands before east",
}
_SWAPPED_DEGREES = {
    "sl": "vrstni red je zamenjan: dolžina stoji pred širino",
    "en": "the order was swapped: longitude stands before latitude",
}
_DEGREES = "WGS 84"


def describe_feature(layer: PublishedLayer, row: sa.RowMapping, *, exact: bool) -> Json:
    """One feature of a layer."""
    ko_name = row[statements.KO_NAME]
    return {
        "layer": layer.id,
        "id": row[KEY],
        "fid": row[FID],
        "title": row[TITLE],
        "subtitle": f"k.o. {ko_name}" if ko_name else None,
        "point": _describe_point(layer, row),
        **read_box(row, layer.srid),
        "exact": exact,
    }


def describe_street(layer: PublishedLayer, row: sa.RowMapping, *, exact: bool, language: str) -> Json:
    """A street or place that addresses name: no feature, but houses and the box round them."""
    bounds = (row["west"], row["south"], row["east"], row["north"])
    place: Json = {"point": None, "bbox": None, "bbox_native": None}
    if None not in bounds:
        middle = find_position((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, layer.srid, layer.srid)
        place = {"point": _point(middle), **read_bounds(bounds, layer.srid)}
    return {
        "layer": layer.id,
        "id": None,
        "fid": None,
        "title": row["title"],
        "subtitle": _count_houses(row["houses"], language),
        **place,
        "exact": exact,
    }


def group_streets(layer: PublishedLayer, results: list[Json], language: str) -> list[Json]:
    """The group of streets and places, or none without results."""
    if not results:
        return []
    return [{"layer": layer.id, "kind": "street", "title": _STREETS[language], "results": results}]


def group_coordinates(place: TypedPlace, language: str) -> Json:
    """The group of the one place that coordinates mean."""
    point = place.position.as_json()
    here = _point(place.position)
    result = {
        "layer": None,
        "id": None,
        "fid": None,
        "title": f"E {point['e']:.2f}, N {point['n']:.2f}",
        "subtitle": f"{point['lat']:.6f}, {point['lon']:.6f}",
        "note": _write_note(place, language),
        "point": here,
        "bbox": [point["lon"], point["lat"], point["lon"], point["lat"]],
        "bbox_native": [point["e"], point["n"], point["e"], point["n"]],
        "exact": True,
    }
    return {"layer": None, "kind": "coordinates", "title": _COORDINATES[language], "results": [result]}


def _write_note(place: TypedPlace, language: str) -> str | None:
    """How the numbers were read: their CRS, and their order where it is not the usual one."""
    said = []
    if place.accuracy_m is not None:
        accuracy = f"{place.accuracy_m:g}"
        said.append(
            _CHANGED[language].format(accuracy=accuracy.replace(".", ",") if language == "sl" else accuracy)
        )
    elif place.system != "portal":
        said.append(_READ_AS[language].format(system=place.system))
    if place.swapped:
        said.append((_SWAPPED_DEGREES if place.system == _DEGREES else _SWAPPED)[language])
    return "; ".join(said) or None


def _count_houses(count: int, language: str) -> str:
    if language != "sl":
        return f"{count} house number{'' if count == 1 else 's'}"
    last = count % 100
    word = {1: "hišna številka", 2: "hišni številki", 3: "hišne številke", 4: "hišne številke"}
    return f"{count} {word.get(last, 'hišnih številk')}"


def _describe_point(layer: PublishedLayer, row: sa.RowMapping) -> Json | None:
    east, north = row[statements.POINT_EAST], row[statements.POINT_NORTH]
    if east is None or north is None:
        return None
    return _point(find_position(east, north, layer.srid, layer.srid))


def _point(position: Position) -> Json:
    point = position.as_json()
    return {name: point[name] for name in ("lon", "lat", "e", "n")}
