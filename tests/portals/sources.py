"""Where the real data lie, and how the system's own GDAL reads them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[3] / "shared" / "data"
SOURCES = {
    "velenje": {
        "municipality": "si-obcine-2021/11027610.geojson",
        "settlements": "si-gurs-rpe/NA.csv",
    },
    "epinay": {
        "parcels": "fr-cadastre/cadastre-91216-parcelles.json",
    },
    "montpellier": {
        "parcels": "fr-cadastre/cadastre-91216-parcelles.json",
        "zones": "fr-montpellier/ZAC/VilleMTP_MTP_ZAC.zip",
        "streets": "fr-montpellier/FilaireVoies/VilleMTP_MTP_FilaireVoies.zip",
        "buildings": "fr-montpellier/Batiments/VilleMTP_MTP_Batiments.zip",
    },
}


def source_path(portal: str, layer: str) -> Path:
    """The real file a layer of these portals comes from."""
    return DATA / SOURCES[portal][layer]


def read_with_gdal(source: Path, *options: str) -> list[dict[str, Any]]:
    """Features as the ogr2ogr of the system reads them: another GDAL than ours, by another way."""
    name = f"/vsizip/{source}/{source.stem}.shp" if source.suffix == ".zip" else str(source)
    command = ["ogr2ogr", "-f", "GeoJSONSeq", "-lco", "COORDINATE_PRECISION=12", *options, "/vsistdout/", name]
    run = subprocess.run(command, check=True, capture_output=True)
    return [json.loads(line) for line in run.stdout.decode("utf-8").splitlines()]
