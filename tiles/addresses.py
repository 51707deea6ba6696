"""The URL grammar of tiles, shared by the hot path and Flask, so that both mean the same tile.

`/tiles/{set}[@{token}]/{grid}/{z}/{x}/{y}.mvt`, `/tiles/{set}/{grid}.json` and, for MapLibre,
`/tiles/{set}[@{token}]/style.json` with `sprite[@2x].json` and `.png` beside it. Every tile has exactly one
spelling: ASCII digits without sign or leading zeros. So a path is its own cache key.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SET = r"(?P<set_id>[a-z][a-z0-9-]{0,40})"
_VERSION = r"(?:@(?P<token>[0-9a-f]{16}))?"
_GRID = r"(?P<grid_id>[A-Za-z][A-Za-z0-9_-]{0,40})"
_NUMBER = r"0|[1-9][0-9]{0,9}"

_TILE = re.compile(
    rf"/tiles/{_SET}{_VERSION}/{_GRID}/(?P<z>0|[1-9][0-9]?)/(?P<x>{_NUMBER})/(?P<y>{_NUMBER})\.mvt"
)
_TILEJSON = re.compile(rf"/tiles/{_SET}/{_GRID}\.json")
_STYLE = re.compile(rf"/tiles/{_SET}{_VERSION}/(?:style\.json|sprite(?P<ratio>@2x)?\.(?P<sprite>json|png))")


class TileAddress(NamedTuple):
    """One tile of a set (a layer or a theme); without a token, of the version that is published now."""

    set_id: str
    token: str | None
    grid_id: str
    z: int
    x: int
    y: int

    @property
    def path(self) -> str:
        """The one spelling of this address."""
        return f"{set_path(self.set_id, self.token)}/{self.grid_id}/{self.z}/{self.x}/{self.y}.mvt"


class TileJsonAddress(NamedTuple):
    """The description of a set in one grid."""

    set_id: str
    grid_id: str


class StyleAddress(NamedTuple):
    """The MapLibre style of a set, or its sprite: `sprite` is json or png, None means the style itself."""

    set_id: str
    token: str | None
    sprite: str | None = None
    ratio: int = 1

    @property
    def path(self) -> str:
        """The one spelling of this address."""
        pixels = "" if self.ratio == 1 else f"@{self.ratio}x"
        file = f"sprite{pixels}.{self.sprite}" if self.sprite else "style.json"
        return f"{set_path(self.set_id, self.token)}/{file}"


def parse_tile_path(path: str) -> TileAddress | None:
    """The address a URL path spells, or None when it is not the path of a tile."""
    match = _TILE.fullmatch(path)
    if match is None:
        return None
    return TileAddress(
        match["set_id"], match["token"], match["grid_id"], int(match["z"]), int(match["x"]), int(match["y"])
    )


def parse_tilejson_path(path: str) -> TileJsonAddress | None:
    """The set and grid a TileJSON path names, or None when it is not one."""
    match = _TILEJSON.fullmatch(path)
    return TileJsonAddress(match["set_id"], match["grid_id"]) if match else None


def parse_style_path(path: str) -> StyleAddress | None:
    """The style or sprite a path names, or None when it is neither."""
    match = _STYLE.fullmatch(path)
    if match is None:
        return None
    return StyleAddress(match["set_id"], match["token"], match["sprite"], 2 if match["ratio"] else 1)


def set_path(set_id: str, token: str | None = None) -> str:
    """Where the tiles of a set begin: `/tiles/parcels@0123456789abcdef`, or the alias without a token."""
    return f"/tiles/{set_id}@{token}" if token else f"/tiles/{set_id}"


def tile_template(set_id: str, token: str | None, grid_id: str) -> str:
    """The address of every tile of a set in one grid, with {z}, {x} and {y} left open."""
    return f"{set_path(set_id, token)}/{grid_id}/{{z}}/{{x}}/{{y}}.mvt"


def tilejson_path(set_id: str, grid_id: str) -> str:
    """Where the TileJSON of a set in one grid is."""
    return f"{set_path(set_id)}/{grid_id}.json"
