"""From the town to its files: column names and codes as the national registers and municipal makers use them.

Identifiers of 18 digits begin with 9, which no real one does; cadastral municipalities are 9001 and up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import LineString

from data_samples.generator import files, place
from data_samples.generator.frame import to_ground
from data_samples.generator.utilities import UNKNOWN_HEIGHT
from data_samples.generator.values import ROAD_WIDTHS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.nature import Area
    from data_samples.generator.town import Town
    from data_samples.generator.utilities import Line

    Row = tuple[BaseGeometry, dict[str, Any]]

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
            registered = round(parcel.ground.area * (1 + 0.004 * np.sin(number)))
            yield (
                parcel.ground,
                {
                    "EID_PARCELA": _eid(1, number),
                    "KO_ID": parcel.ko,
                    "NAZIV": f"{parcel.ko} {place.KO_NAMES[parcel.ko]}",
                    "ST_PARCELE": parcel.number,
                    "POVRSINA": registered,
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
    kinds = {
        "industry": "proizvodna stavba",
        "shop": "trgovina",
        "school": "šola",
        "outbuilding": "pomožna stavba",
    }

    def rows() -> Iterator[Row]:
        for number, building in enumerate(town.buildings, start=1):
            yield (
                building.ground,
                {
                    "EID_STAVBA": _eid(2, number),
                    "KO_ID": town.parcels[building.parcel].ko,
                    "ST_STAVBE": number,
                    "VRSTA": kinds.get(building.kind, "stanovanjska stavba"),
                    "STEVILO_ETAZ": building.floors,
                    "LETO_IZGRADNJE": building.year,
                },
            )

    files.write_geopackage(folder / "stavbe.gpkg", "STAVBE_OBRIS", "Polygon", columns, rows())


def _write_addresses(town: Town, folder: Path) -> None:
    rows = [
        {
            "EID_NASLOV": _eid(3, number),
            "NASELJE_NAZIV": address.settlement,
            "ULICA_NAZIV": address.street,
            "HS_STEVILKA": address.number,
            "HS_DODATEK": address.suffix,
            "POSTNI_OKOLIS_SIFRA": 9990,
            "POSTNI_OKOLIS_NAZIV": place.MUNICIPALITY,
            "E": f"{address.point.x:.2f}",
            "N": f"{address.point.y:.2f}",
        }
        for number, address in enumerate(town.addresses, start=1)
    ]
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
            zone.shape,
            {
                "EUP_OZN": zone.eup,
                "NRP_OZN": zone.code,
                "NRP_OPIS": zone.name,
                "FZ_MAX": zone.coverage,
                "FI_MAX": zone.ratio,
                "V": zone.height,
                "NAZIV_PA": act,
            },
        )
        for zone in town.zones
    )
    files.write_shapefile(
        folder / "namenska_raba.zip", "NAMENSKA_RABA", "Polygon", columns, rows, encoding="cp1250"
    )


def _write_networks(town: Town, folder: Path) -> None:
    names = {
        "sewer": ("kanalizacija", "KANALIZACIJA"),
        "electricity": ("elektrika", "ELEKTRICNA_ENERGIJA"),
        "gas": ("plin", "ZEMELJSKI_PLIN"),
        "heating": ("toplota", "TOPLOTNA_ENERGIJA"),
        "telecom": ("komunikacije", "ELEKTRONSKE_KOMUNIKACIJE"),
    }
    files.write_geopackage(
        folder / "vodovod.gpkg",
        "VODOVOD",
        "3D LineString",
        _LINE_COLUMNS,
        _line_rows(town.lines["water"], 10, heights=True),
    )
    for number, (network, (file, layer)) in enumerate(names.items(), start=11):
        rows = list(_line_rows(town.lines[network], number))
        if network == "sewer":
            old = zip(files.to_d48([shape for shape, _ in rows]), (values for _, values in rows), strict=True)
            files.write_geopackage(
                folder / f"{file}.gpkg", layer, "LineString", _LINE_COLUMNS, old, srid=files.D48
            )
        else:
            files.write_geopackage(folder / f"{file}.gpkg", layer, "LineString", _LINE_COLUMNS, rows)


def _line_rows(lines: Sequence[Line], kind: int, *, heights: bool = False) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        shape = _with_heights(line.shape, number) if heights else line.shape
        yield (
            shape,
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


def _with_heights(line: BaseGeometry, number: int) -> LineString:
    """Heights of a gently sloping plain; every third pipe was never levelled."""
    points = shapely.get_coordinates(line)
    known = np.round(240 + (points[:, 1] - place.ORIGIN[1]) / 400, 2)
    z = np.full(len(points), UNKNOWN_HEIGHT) if number % 3 == 0 else known
    return LineString(np.column_stack([points, z]))


def _write_roads(town: Town, folder: Path) -> None:
    rows = (
        (
            to_ground(road.line),
            {
                "IME": road.name,
                "VRSTA": road.kind,
                "VRSTA_OPIS": _ROAD_CLASSES[road.kind],
                "SIRINA": ROAD_WIDTHS[road.kind][1],
            },
        )
        for road in town.roads
    )
    files.write_geojson(folder / "ceste.geojson", ("IME", "VRSTA", "VRSTA_OPIS", "SIRINA"), rows)


def _write_areas(town: Town, folder: Path) -> None:
    columns = {"RABA_ID": "str:4", "POLIGON": "int32"}
    cover = (
        (area.shape, {"RABA_ID": area.code, "POLIGON": number})
        for number, area in enumerate(town.land_cover, start=1)
    )
    files.write_geopackage(folder / "dejanska_raba.gpkg", "DEJANSKA_RABA", "Polygon", columns, cover)
    files.write_geojson(
        folder / "poplave.geojson", ("RAZRED", "OPIS"), _named(town.flood_zones, "RAZRED", "OPIS")
    )
    protected = (
        (area.shape, {"VRSTA": area.code, "IME": area.name, "REZIM": area.note})
        for area in town.protected_areas
    )
    files.write_geojson(folder / "varstvo.geojson", ("VRSTA", "IME", "REZIM"), protected)
    municipality = [(town.outline, {"OB_ID": 990, "OB_UIME": place.MUNICIPALITY})]
    files.write_geojson(folder / "obcina.geojson", ("OB_ID", "OB_UIME"), municipality)
    files.write_geojson(
        folder / "naselja.geojson", ("NA_ID", "NA_UIME"), _named(town.settlements, "NA_ID", "NA_UIME")
    )


def _named(areas: Sequence[Area], code: str, name: str) -> Iterator[Row]:
    for area in areas:
        yield area.shape, {code: area.code, name: area.name}
