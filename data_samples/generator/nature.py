"""Everything that is not built: land cover, flood zones, protected areas, and the outlines of territory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point, Polygon

from data_samples.generator import streets
from data_samples.generator.frame import polygons, to_ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.values import Parcel

_COVER = {
    "forest": "2000",
    "meadow": "1300",
    "field": "1100",
    "water": "7000",
    "green": "3100",
    "park": "3100",
    "cemetery": "3100",
    "sports": "3100",
}
_BUILT = "3000"


@dataclass(frozen=True)
class Area:
    """A polygon with a class and a name."""

    shape: BaseGeometry
    code: str
    name: str
    note: str = ""


def build_land_cover(parcels: Sequence[Parcel]) -> list[Area]:
    """Actual use dissolved from parcels; the last polygon crosses itself, as files of others do."""
    groups: dict[tuple[str, int, int], list[Polygon]] = defaultdict(list)
    for parcel in parcels:
        x, y = shapely.get_coordinates(parcel.plane.representative_point())[0]
        code = _COVER.get(parcel.use, _BUILT)
        if parcel.use == "road" and not streets.TOWN.contains(parcel.plane.representative_point()):
            code = "3000"
        groups[(code, int(x // 1000), int(y // 1000))].append(parcel.ground)
    areas = [
        Area(part, code, "")
        for (code, _, _), shapes in sorted(groups.items())
        for part in polygons(shapely.coverage_union_all(shapes), 1)
    ]
    return [*areas, Area(_bow_tie(), "1500", "")]


def _bow_tie() -> Polygon:
    """A strip of trees whose surveyor swapped two of its corners."""
    corners = shapely.get_coordinates(to_ground(Point(-905, 905).buffer(1))).mean(axis=0).round(2)
    e, n = corners
    return Polygon([(e, n), (e + 34, n + 9), (e + 36, n), (e + 2, n + 10), (e, n)])


def build_flood_zones() -> list[Area]:
    """Flood hazard classes along the stream, the dangerous inside the harmless."""
    calm = streets.TOWN.buffer(-60)
    rings = []
    for stream, brook in ((16, 9), (42, 24), (95, 55), (150, 80)):
        wide = shapely.union(streets.STREAM_LINE.buffer(stream), streets.BROOK_LINE.buffer(brook))
        inside = shapely.intersection(wide, calm)
        kept = shapely.intersection(inside, streets.STREAM_LINE.buffer(stream * 0.55))
        shape = shapely.union(shapely.difference(wide, calm), kept).buffer(12).buffer(-12)
        rings.append(shapely.intersection(shape.simplify(1.0), streets.OUTLINE))
    titles = (
        ("Pv", "velika poplavna nevarnost"),
        ("Ps", "srednja poplavna nevarnost"),
        ("Pm", "majhna poplavna nevarnost"),
        ("Pp", "preostala poplavna nevarnost"),
    )
    areas: list[Area] = []
    inner: BaseGeometry = Polygon()
    for (code, name), ring in zip(titles, rings, strict=True):
        belt = shapely.difference(ring, inner, grid_size=0.5)
        bent = [shapely.make_valid(to_ground(part), method="structure") for part in polygons(belt, 60)]
        areas += [Area(part, code, name) for shape in bent for part in polygons(shape, 60)]
        inner = ring
    return areas


def build_protected_areas() -> list[Area]:
    """Nature, heritage and water protection."""
    meadows = shapely.intersection(
        streets.STREAM_LINE.buffer(120), Polygon([(-2300, 400), (-1250, 400), (-1250, 1300), (-2300, 1300)])
    )
    found = (
        ("natura", "Mokrotni travniki ob Studenčici", "ekološko pomembno območje", meadows.simplify(3)),
        (
            "naravna-vrednota",
            "Stari hrast pri Brezovščini",
            "drevesna naravna vrednota",
            Point(240, 1240).buffer(30),
        ),
        ("dediscina", "Trško jedro Jelšnica", "naselbinska dediščina", streets.CORE.buffer(12)),
        ("dediscina", "Cerkev s pokopališčem", "stavbna dediščina", streets.SITES["cemetery"].buffer(6)),
        ("vodovarstvo", "Zajetje Podgorje, najožji pas", "VVO I", Point(1250, 1350).buffer(90)),
        (
            "vodovarstvo",
            "Zajetje Podgorje, ožji pas",
            "VVO II",
            Point(1290, 1390).buffer(290).difference(Point(1250, 1350).buffer(90)),
        ),
        (
            "vodovarstvo",
            "Zajetje Podgorje, širši pas",
            "VVO III",
            Point(1340, 1420).buffer(560).difference(Point(1290, 1390).buffer(290)),
        ),
    )
    return [
        Area(to_ground(shapely.intersection(shape, streets.OUTLINE)), code, name, note)
        for code, name, note, shape in found
    ]


def build_territories(parcels: Sequence[Parcel]) -> tuple[Polygon, list[Area]]:
    """The municipality's outline, and one area per settlement, both dissolved from parcels."""
    by_name: dict[str, list[Polygon]] = defaultdict(list)
    for parcel in parcels:
        by_name[parcel.settlement].append(parcel.ground)
    whole = max(
        polygons(shapely.coverage_union_all([parcel.ground for parcel in parcels])), key=lambda p: p.area
    )
    settlements = [
        Area(shapely.coverage_union_all(shapes), str(number), name)
        for number, (name, shapes) in enumerate(sorted(by_name.items()), start=1)
    ]
    return Polygon(whole.exterior), settlements
