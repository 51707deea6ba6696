"""Everything that is not built: land cover, flood zones, protected areas, and the outlines of territory."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import Point, Polygon

from data_samples.generator import place, plan, terrain
from data_samples.generator.cutting import polygons
from data_samples.generator.model import Area, Parcel

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_COVER = {
    "forest": "1300",
    "meadow": "1300",
    "arable": "1100",
    "orchard": "1222",
    "water": "7000",
    "park": "1300",
    "cemetery": "1300",
    "sports": "1300",
    "green": "1300",
    "road-track": "1300",
}
_BUILT = "3000"
_FLOODS = (
    ("Pv", "velika poplavna nevarnost", 17.0, 9.0),
    ("Ps", "srednja poplavna nevarnost", 44.0, 22.0),
    ("Pm", "majhna poplavna nevarnost", 92.0, 46.0),
    ("Pp", "preostala poplavna nevarnost", 150.0, 76.0),
)


def build_land_cover(parcels: list[Parcel]) -> list[Area]:
    """Actual use: fields and built-up land by parcel, woods by their own winding edges over them."""
    woods = shapely.union_all([terrain.woods(), terrain.bank_trees(), *terrain.single_trees()], grid_size=0.01)
    groups: dict[tuple[str, int, int], list[Polygon]] = defaultdict(list)
    for parcel in parcels:
        code = _COVER.get(parcel.use, _BUILT)
        middle = parcel.shape.centroid
        groups[(code, int(middle.x // 700), int(middle.y // 700))].append(parcel.shape)
    areas, free = [], []
    for (code, _, _), shapes in sorted(groups.items()):
        whole = shapely.coverage_union_all(shapes)
        if code not in (_BUILT, "7000"):
            free.append(whole)
            whole = shapely.difference(whole, woods, grid_size=0.01)
        areas += [Area(part, code) for part in polygons(whole, least=1)]
    for tile in free:
        for part in polygons(shapely.intersection(woods, tile, grid_size=0.01), least=12):
            areas.append(Area(part, "2000" if part.area > 4000 else "1500"))
    return _with_bow_tie(areas)


def _with_bow_tie(areas: list[Area]) -> list[Area]:
    """The areas, with two neighbouring corners of one large wood swapped, so that it crosses itself."""
    index = max((i for i, area in enumerate(areas) if area.code == "2000"), key=lambda i: areas[i].shape.area)
    wood = polygons(areas[index].shape)[0]
    corners = shapely.get_coordinates(wood.exterior)[:-1]
    length = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    for at in np.argsort(-length[2:-3])[:200] + 2:
        swapped = corners.copy()
        swapped[[at, at + 1]] = corners[[at + 1, at]]
        crossed = Polygon(swapped, [ring.coords for ring in wood.interiors])
        mended = shapely.make_valid(crossed, method="structure", keep_collapsed=False)
        if not crossed.is_valid and abs(mended.area - wood.area) < 0.004 * wood.area:
            return [*areas[:index], *areas[index + 1 :], Area(crossed, "2000")]
    msg = "no corner of the largest wood can be swapped for a bow-tie"
    raise ValueError(msg)


def build_flood_zones() -> list[Area]:
    """Flood hazard classes along the waters, without overlaps; narrow where the town has walls."""
    walled = plan.TOWN.buffer(-60)
    areas: list[Area] = []
    inner: BaseGeometry = Polygon()
    for code, name, stream, brook in _FLOODS:
        wide = shapely.union(_spread(0, stream), _spread(1, brook))
        banks = zip(plan.WATER_LINES, (stream, brook), strict=True)
        within = shapely.union_all([line.buffer(reach * 0.5, quad_segs=4) for line, reach in banks])
        whole = shapely.union(shapely.difference(wide, walled), within)
        whole = whole.buffer(-5).buffer(19).buffer(-14).simplify(0.8)
        ring = shapely.difference(shapely.intersection(whole, plan.OUTLINE), inner, grid_size=0.01)
        areas += [Area(part, code, name) for part in polygons(ring, least=120)]
        inner = shapely.union(inner, whole)
    return areas


def _spread(water: int, reach: float) -> BaseGeometry:
    """The land water spreads over: wide in some bends, narrow in others."""
    line = plan.WATER_LINES[water]
    along = np.arange(0, line.length, 22.0)
    wide = reach * (1 + 0.34 * np.sin(along / 160) + 0.22 * np.sin(along / 71 + 2))
    points = shapely.line_interpolate_point(line, along)
    return shapely.union_all(shapely.buffer(points, wide, quad_segs=6))


def build_protected_areas() -> list[Area]:
    """Nature, heritage and water protection."""
    meadows = shapely.ops.substring(plan.STREAM_LINE, 900, 2050).buffer(165)
    wells = [Point(1010, 1180).buffer(75), Point(1030, 1200).buffer(240), Point(1070, 1230).buffer(520)]
    graveyard = next(site.shape for site in plan.SITES if site.use == "cemetery")
    church = next(site.shape for site in plan.SITES if site.use == "church")
    found = (
        ("natura", "Mokrotni travniki ob Studenčici", "ekološko pomembno območje", meadows.simplify(3)),
        ("naravna-vrednota", "Hrast pri Brezovščini", "drevesna naravna vrednota", Point(205, 1330).buffer(26)),
        (
            "naravna-vrednota",
            "Mrtvica pri Rečičju",
            "hidrološka naravna vrednota",
            Point(1830, -760).buffer(48),
        ),
        ("dediscina", "Trško jedro Jelšnica", "naselbinska dediščina", plan.CORE.buffer(-12)),
        ("dediscina", "Cerkev s cerkvenim dvoriščem", "stavbna dediščina", church.buffer(-2)),
        ("dediscina", "Staro pokopališče", "memorialna dediščina", graveyard.buffer(-2)),
        ("vodovarstvo", "Zajetje Pod gozdom, najožji pas", "VVO I", wells[0]),
        ("vodovarstvo", "Zajetje Pod gozdom, ožji pas", "VVO II", shapely.difference(wells[1], wells[0])),
        ("vodovarstvo", "Zajetje Pod gozdom, širši pas", "VVO III", shapely.difference(wells[2], wells[1])),
    )
    return [
        Area(shapely.intersection(shape, plan.OUTLINE), code, name, note) for code, name, note, shape in found
    ]


def build_territories(parcels: list[Parcel]) -> tuple[Polygon, list[Area]]:
    """The municipality's outline, and one area for each settlement, both dissolved from parcels."""
    groups: dict[int, list[Polygon]] = defaultdict(list)
    for parcel in parcels:
        groups[parcel.settlement].append(parcel.shape)
    whole = shapely.coverage_union_all([parcel.shape for parcel in parcels])
    outline = Polygon(max(polygons(whole), key=lambda p: p.area).exterior)
    settlements = [
        Area(shapely.coverage_union_all(shapes), str(index + 1), place.SETTLEMENTS[index].name)
        for index, shapes in sorted(groups.items())
    ]
    return outline, settlements
