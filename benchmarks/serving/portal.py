"""The portal that the benchmark imports and serves: made-up parcels and lines, and real layers where there are.

No labels and no scale limits, because no peer has them; the cap on features is lifted for everybody alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_FEATURES = 200_000
# What every server is told to send around a tile, in units of 4096: Prostor's and Martin's own.
BUFFER = 64

# The columns that are numbers; all others are texts.
INTEGERS = frozenset({"ko", "diameter"})


@dataclass(frozen=True)
class BenchLayer:
    """A layer that is measured; `key` and `columns` are the properties that travel in every server's tiles."""

    id: str
    kind: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    manifest: str
    is_real: bool = False

    @property
    def tables(self) -> dict[str, str]:
        """The peers' tables of this layer, by the CRS of their geometry."""
        return {"3794": self.id, "3857": f"{self.id}_3857"}


def write_portal(folder: Path, layers: Sequence[BenchLayer], sources: dict[str, Path]) -> None:
    """`portal.toml`, and a manifest per layer that reads the file named in `sources`."""
    (folder / "layers").mkdir(parents=True, exist_ok=True)
    names = ", ".join(f'"{layer.id}"' for layer in layers)
    (folder / "portal.toml").write_text(_PORTAL.replace("{layers}", names), encoding="utf-8")
    for layer in layers:
        text = layer.manifest.replace("{common}", _COMMON).replace("{file}", str(sources[layer.id]))
        manifest = folder / "layers" / f"{layer.id}.toml"
        manifest.write_text(text.replace("{max_features}", str(MAX_FEATURES)), encoding="utf-8")


_PORTAL = """\
id = "bench"
title = { sl = "Merjenje" }
crs = 3794
grids = ["SI-D96", "WebMercatorQuad"]
outline = { west = 370000, south = 28000, east = 630000, north = 200000 }

[municipality]
name = { sl = "Merjenje" }
office = { sl = "Merjenje" }

[[themes]]
id = "all"
title = { sl = "Vse" }
description = { sl = "Vse." }
layers = [{layers}]
"""
_COMMON = """\
state_date = 2026-03-01
provider = { sl = "Merjenje" }
licence = "CC0-1.0"
attribution = { sl = "Merjenje" }
"""
_PARCELS = """\
id = "parcels"
title = { sl = "Parcele" }
description = { sl = "Izmišljene parcele." }
key = ["ko", "number"]

[source]
file = "{file}"
format = "geopackage"
crs = 3794
{common}
[geometry]
kind = "polygon"
area_tolerance = 1.0

[columns]
ko = { source = ["KO_ID"], type = "integer", title = { sl = "Katastrska občina" } }
number = { source = ["ST_PARCELE"], title = { sl = "Številka parcele" } }
land_use = { source = ["RABA"], title = { sl = "Raba" } }

[tiles]
columns = ["ko", "number", "land_use"]
max_features = {max_features}

[style]
default = { line = "#94765c", line_width = 0.7 }
"""
_UTILITIES = """\
id = "utilities"
title = { sl = "Vodi" }
description = { sl = "Izmišljeni vodi." }
key = ["eid"]

[source]
file = "{file}"
format = "geopackage"
crs = 3794
crs_checked = true
{common}
[geometry]
kind = "line"

[columns]
eid = { source = ["EID_LINIJA"], title = { sl = "Identifikator" } }
kind = { source = ["VRSTA"], title = { sl = "Vrsta" } }
diameter = { source = ["DIM_YX"], type = "integer", unit = "mm", title = { sl = "Premer" } }

[tiles]
columns = ["eid", "kind", "diameter"]
max_features = {max_features}

[style]
default = { line = "#d62828", line_width = 1.0 }
"""
_REGIONS = """\
id = "regions"
title = { sl = "Statistične regije" }
description = { sl = "Statistične regije." }
key = ["code"]

[source]
file = "{file}"
format = "geojson"
crs = 4326
{common}
[geometry]
kind = "polygon"
area_tolerance = 1.0

[columns]
code = { source = ["SR_MID"], title = { sl = "Šifra" } }
name = { source = ["SR_UIME"], title = { sl = "Ime" } }

[tiles]
columns = ["code", "name"]
max_features = {max_features}

[style]
default = { line = "#7a5c8e", line_width = 1.2 }
"""
_SETTLEMENTS = """\
id = "settlements"
title = { sl = "Naselja" }
description = { sl = "Središča naselij." }
key = ["code"]

[source]
file = "{file}"
format = "csv"
crs = 3794
crs_checked = true
x = "CEN_E"
y = "CEN_N"
{common}
[geometry]
kind = "point"

[columns]
code = { source = ["NA_MID"], title = { sl = "Šifra" } }
name = { source = ["NA_UIME"], title = { sl = "Ime" } }

[tiles]
columns = ["code", "name"]
max_features = {max_features}

[style]
default = { line = "#7a5c8e", fill = "#7a5c8e" }
"""

PARCELS = BenchLayer("parcels", "polygon", ("ko", "number"), ("ko", "number", "land_use"), _PARCELS)
UTILITIES = BenchLayer("utilities", "line", ("eid",), ("eid", "kind", "diameter"), _UTILITIES)
REGIONS = BenchLayer("regions", "polygon", ("code",), ("code", "name"), _REGIONS, is_real=True)
SETTLEMENTS = BenchLayer("settlements", "point", ("code",), ("code", "name"), _SETTLEMENTS, is_real=True)
LAYERS = (PARCELS, UTILITIES, REGIONS, SETTLEMENTS)
# Beside the project, where a machine has them; nothing of them is copied.
REAL_SOURCES = {"regions": "si-gurs-rpe/SR.geojson", "settlements": "si-gurs-rpe/NA.csv"}
