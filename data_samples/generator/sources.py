"""From the town to its files: column names and codes as the national registers and municipal makers use them.

Identifiers of 18 digits begin with 9, which no real one does; cadastral municipalities are 9001 and up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from data_samples.generator import files, place, terrain
from data_samples.generator.surfaces import build_surfaces
from data_samples.generator.zoning import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from data_samples.generator.model import Area
    from data_samples.generator.town import Town
    from data_samples.generator.utilities import Line

Row = tuple[BaseGeometry, dict[str, Any]]

UNKNOWN_HEIGHT = -99.0
_LINE_COLUMNS = {
    "EID_LINIJA": "str:18",
    "GJI_TEMATIKE_SIFRA": "str:4",
    "GJI_VRSTE_OBJEKTOV_NAZIV_SL": "str:60",
    "GJI_OPUSCENOSTI_NAZIV_SL": "str:30",
    "DATUM_VIRA": "date",
    "NAT_YX": "float",
    "DIM_YX": "int32",
}
_ROAD_CLASSES = {
    "main": "glavna cesta",
    "collector": "zbirna cesta",
    "local": "lokalna cesta",
    "residential": "ulica",
    "lane": "pot v naselju",
    "track": "kolovoz",
    "rail": "železnica",
}


def write_sources(town: Town, folder: Path) -> None:
    """Write every file of the sample into `folder`."""
    _write_parcels(town, folder)
    _write_buildings(town, folder)
    _write_addresses(town, folder)
    _write_zoning(town, folder)
    _write_networks(town, folder)
    _write_roads(town, folder)
    _write_areas(town, folder)


def _eid(kind: int, number: int) -> str:
    """An identifier of 18 digits, which is text: it exceeds 2 to the power of 53."""
    return f"9{kind:03d}{number:014d}"


def _ground(shape: BaseGeometry) -> BaseGeometry:
    """The shape in D96/TM, on whole centimetres."""
    moved = translate(shape, *place.ORIGIN)
    return shapely.transform(moved, lambda at: np.round(at, 2), include_z=bool(shape.has_z))


def _write_parcels(town: Town, folder: Path) -> None:
    columns = {
        "EID_PARCELA": "str:18",
        "KO_ID": "int32",
        "NAZIV": "str:40",
        "ST_PARCELE": "str:12",
        "POVRSINA": "int32",
    }

    def rows() -> Iterator[Row]:
        for number, parcel in enumerate(town.parcels, start=1):
            ko = place.SETTLEMENTS[parcel.settlement].ko
            yield (
                _ground(parcel.shape),
                {
                    "EID_PARCELA": _eid(1, number),
                    "KO_ID": ko,
                    "NAZIV": f"{ko} {place.KO_NAMES[ko]}",
                    "ST_PARCELE": parcel.number,
                    "POVRSINA": max(1, round(parcel.shape.area * (1 + 0.004 * np.sin(number)))),
                },
            )

    files.write_shapefile(folder / "parcele.zip", "PARCELE", "Polygon", columns, rows(), encoding="cp1250")


def _write_buildings(town: Town, folder: Path) -> None:
    columns = {
        "EID_STAVBA": "str:18",
        "KO_ID": "int32",
        "ST_STAVBE": "int32",
        "VRSTA": "str:40",
        "STEVILO_ETAZ": "int32",
        "LETO_IZGRADNJE": "int32",
    }

    def rows() -> Iterator[Row]:
        counts = dict.fromkeys(place.KO_NAMES, 0)
        for number, building in enumerate(town.buildings, start=1):
            ko = place.SETTLEMENTS[town.parcels[building.parcel].settlement].ko
            counts[ko] += 1
            yield (
                _ground(building.shape),
                {
                    "EID_STAVBA": _eid(2, number),
                    "KO_ID": ko,
                    "ST_STAVBE": counts[ko],
                    "VRSTA": building.kind,
                    "STEVILO_ETAZ": building.floors,
                    "LETO_IZGRADNJE": 0 if number % 41 == 0 else building.year,
                },
            )

    files.write_geopackage(folder / "stavbe.gpkg", "STAVBE_OBRIS", "Polygon", columns, rows())


def _write_addresses(town: Town, folder: Path) -> None:
    rows = []
    for number, address in enumerate(town.addresses, start=1):
        settlement = place.SETTLEMENTS[address.settlement]
        east, north = shapely.get_coordinates(_ground(town.buildings[address.building].door))[0]
        rows.append(
            {
                "EID_NASLOV": _eid(3, number),
                "NASELJE_NAZIV": settlement.name,
                "ULICA_NAZIV": address.street or settlement.name,
                "HS_STEVILKA": address.number,
                "HS_DODATEK": address.suffix,
                "HS_OZNAKA": f"{address.number}{address.suffix}",
                "POSTNI_OKOLIS_SIFRA": 9990,
                "POSTNI_OKOLIS_NAZIV": place.MUNICIPALITY,
                "E": f"{east:.2f}",
                "N": f"{north:.2f}",
            }
        )
    files.write_csv(folder / "naslovi.csv", rows)


def _write_zoning(town: Town, folder: Path) -> None:
    columns = {
        "EUP_OZN": "str:12",
        "NRP_OZN": "str:6",
        "NRP_OPIS": "str:80",
        "FZ_MAX": "float:6.2",
        "FI_MAX": "float:6.2",
        "V": "float:6.1",
        "NAZIV_PA": "str:80",
    }
    act = f"Odlok o občinskem prostorskem načrtu občine {place.MUNICIPALITY}"
    rows = (
        (
            _ground(zone.shape),
            {
                "EUP_OZN": zone.eup,
                "NRP_OZN": zone.code,
                "NRP_OPIS": NAMES[zone.code],
                "FZ_MAX": zone.coverage,
                "FI_MAX": zone.ratio,
                "V": zone.height,
                "NAZIV_PA": act,
            },
        )
        for zone in town.zones
    )
    path = folder / "namenska_raba.zip"
    files.write_shapefile(path, "NAMENSKA_RABA", "Polygon", columns, rows, encoding="cp1250")


def _write_networks(town: Town, folder: Path) -> None:
    names = {
        "sewer": ("kanalizacija", "KANALIZACIJA"),
        "electricity": ("elektrika", "ELEKTRICNA_ENERGIJA"),
        "gas": ("plin", "ZEMELJSKI_PLIN"),
        "heating": ("toplota", "TOPLOTNA_ENERGIJA"),
        "telecom": ("komunikacije", "ELEKTRONSKE_KOMUNIKACIJE"),
    }
    water = _line_rows(town.lines["water"], 10, heights=True)
    files.write_geopackage(folder / "vodovod.gpkg", "VODOVOD", "3D LineString", _LINE_COLUMNS, water)
    for number, (network, (file, layer)) in enumerate(names.items(), start=11):
        rows = list(_line_rows(town.lines[network], number))
        srid = files.D96
        if network == "sewer":
            srid = files.D48
            old = files.to_d48([shape for shape, _ in rows])
            rows = [(shape, values) for shape, (_, values) in zip(old, rows, strict=True)]
        files.write_geopackage(folder / f"{file}.gpkg", layer, "LineString", _LINE_COLUMNS, rows, srid=srid)


def _line_rows(lines: list[Line], kind: int, *, heights: bool = False) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        shape = _with_heights(line.shape, number) if heights else line.shape
        yield (
            _ground(shape),
            {
                "EID_LINIJA": _eid(kind, number),
                "GJI_TEMATIKE_SIFRA": line.theme,
                "GJI_VRSTE_OBJEKTOV_NAZIV_SL": line.kind,
                "GJI_OPUSCENOSTI_NAZIV_SL": "opuščeni objekt" if line.abandoned else "v uporabi",
                "DATUM_VIRA": line.source_date,
                "NAT_YX": line.accuracy,
                "DIM_YX": line.dimension,
            },
        )


def _with_heights(line: LineString, number: int) -> LineString:
    """Heights of the ground less the depth of the pipe; every third pipe was never levelled."""
    points = shapely.get_coordinates(line)
    if number % 3 == 0:
        z = np.full(len(points), UNKNOWN_HEIGHT)
    else:
        z = np.round([terrain.height(x, y) - 1.3 for x, y in points], 2)
    return LineString(np.column_stack([points, z]))


def _write_roads(town: Town, folder: Path) -> None:
    columns = {"IME": "str:40", "VRSTA": "str:12", "VRSTA_OPIS": "str:20", "SIRINA": "float:5.1", "ST": "int32"}
    rows = (
        (
            _ground(surface.shape),
            {
                "IME": surface.name,
                "VRSTA": surface.kind,
                "VRSTA_OPIS": _ROAD_CLASSES[surface.kind],
                "SIRINA": surface.width,
                "ST": number,
            },
        )
        for number, surface in enumerate(build_surfaces(town.network), start=1)
    )
    files.write_shapefile(folder / "ceste.zip", "CESTE", "Polygon", columns, rows, encoding="cp1250")


def _write_areas(town: Town, folder: Path) -> None:
    columns = {"RABA_ID": "str:4", "POLIGON": "int32"}
    cover = (
        (_ground(area.shape), {"RABA_ID": area.code, "POLIGON": number})
        for number, area in enumerate(town.land_cover, start=1)
    )
    files.write_geopackage(folder / "dejanska_raba.gpkg", "DEJANSKA_RABA", "Polygon", columns, cover)
    floods = _named(town.flood_zones, "RAZRED", "OPIS")
    files.write_geojson(folder / "poplave.geojson", ("RAZRED", "OPIS"), floods)
    protected = (
        (_ground(area.shape), {"VRSTA": area.code, "IME": area.name, "REZIM": area.note})
        for area in town.protected_areas
    )
    files.write_geojson(folder / "varstvo.geojson", ("VRSTA", "IME", "REZIM"), protected)
    acts = (
        (
            _ground(act.shape),
            {"ST": act.number, "NAZIV_PA": act.name, "VRSTA": act.kind, "FAZA": act.phase, "DATUM": act.since},
        )
        for act in town.acts
    )
    files.write_geojson(folder / "akti.geojson", ("ST", "NAZIV_PA", "VRSTA", "FAZA", "DATUM"), acts)
    municipality = [(_ground(town.outline), {"OB_ID": 990, "OB_UIME": place.MUNICIPALITY})]
    files.write_geojson(folder / "obcina.geojson", ("OB_ID", "OB_UIME"), municipality)
    settlements = _named(town.settlements, "NA_ID", "NA_UIME")
    files.write_geojson(folder / "naselja.geojson", ("NA_ID", "NA_UIME"), settlements)


def _named(areas: Iterable[Area], code: str, name: str) -> Iterator[Row]:
    for area in areas:
        yield _ground(area.shape), {code: area.code, name: area.name}
