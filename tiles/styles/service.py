"""Which style is asked for, and whether it may be kept: what stands behind `/tiles/{set}/style.json`.

A tile's token does not change with a colour, so a style has a token of its own, the pin: it names the versions
of the layers, wording included, the portal's settings and the tiles' encoder. Under its pin a style never
changes; under the token of its tiles, or the pin of an earlier encoder, it is drawn as this program does now,
and lives as shortly as the alias.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from gis.errors import NotFoundError, RequestError
from tiles.answers import IMMUTABLE, SHORT_LIVED, STYLE_TYPE
from tiles.grid import WEB_MERCATOR_QUAD
from tiles.styles.document import Wording, build_style
from tiles.styles.hatching import describe_sprite, draw_sprite, list_hatches
from tiles.tokens import TILE_ENCODER, known_encoders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.portal import Portal
    from tiles.addresses import StyleAddress
    from tiles.grid import Grid
    from tiles.serving import TileService
    from tiles.themes import Member, TileSet

# Goes up when the same neutral styles make another MapLibre style.
STYLE_VERSION = 1
_PIN_LENGTH = 16


@dataclass(frozen=True)
class StyleWish:
    """What a request says beside its path; `root` is what addresses are put behind."""

    root: str
    language: str | None = None
    grid_id: str | None = None


@dataclass(frozen=True)
class StyleAnswer:
    """A style or a part of its sprite, ready to be sent."""

    body: bytes
    media_type: str
    cache_control: str


class StyleService:
    """Finds sets by pin, and writes their styles and sprites."""

    def __init__(self, portal: Portal, service: TileService) -> None:
        self._portal = portal
        self._service = service
        settings = portal.model_dump_json(exclude={"folder"})
        self._salt = f"style {STYLE_VERSION} {settings}"

    def answer(self, address: StyleAddress, wish: StyleWish) -> StyleAnswer:
        """The style or sprite at an address. Raises NotFoundError, GoneError or RequestError."""
        grid = self._find_grid(wish.grid_id)
        language = self._find_language(wish.language)
        tile_set, cache_control = self._find_set(address)
        if address.sprite is None:
            wording = Wording(wish.root, language, self.pin(tile_set.members))
            style = build_style(self._service, self._portal, tile_set, grid, wording=wording)
            return StyleAnswer(orjson.dumps(style), STYLE_TYPE, cache_control)
        hatches = list_hatches(member.manifest.style for member in tile_set.members).values()
        if address.sprite == "png":
            return StyleAnswer(draw_sprite(hatches, address.ratio), "image/png", cache_control)
        index = orjson.dumps(describe_sprite(hatches, address.ratio))
        return StyleAnswer(index, "application/json", cache_control)

    def pin(self, members: Sequence[Member], encoder: int = TILE_ENCODER) -> str:
        """16 hex digits that stand for these versions and for how this portal shows them.

        A version is named by when it was loaded: its token may go over to a later one in other words.
        """
        names = [self._salt, *(f"{each.id} {each.loaded_at.isoformat()}" for each in members)]
        names += [f"tiles {encoder}"] if encoder else []
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:_PIN_LENGTH]

    def _pins(self, members: Sequence[Member]) -> tuple[str, ...]:
        """The pins they have and had, today's encoder first."""
        return tuple(self.pin(members, encoder) for encoder in known_encoders())

    def _find_set(self, address: StyleAddress) -> tuple[TileSet, str]:
        sets = self._service.sets
        if address.token is None:
            return sets.find(address.set_id), SHORT_LIVED
        pinned = sets.find_named(address.set_id, address.token, self._pins)
        if pinned is not None:
            is_current = self.pin(pinned.members) == address.token
            return pinned, IMMUTABLE if is_current else SHORT_LIVED
        return sets.find_version(address.set_id, address.token), SHORT_LIVED

    def _find_grid(self, grid_id: str | None) -> Grid:
        """WebMercatorQuad, with tiles made for 512 pixels: that is how MapLibre draws them."""
        grid = self._service.find_grid(grid_id or WEB_MERCATOR_QUAD)
        if grid.id != WEB_MERCATOR_QUAD:
            raise NotFoundError(
                f"There is no MapLibre style in the grid {grid.id}: MapLibre knows only Web Mercator. "
                f"Leave grid away, or draw the tiles of {grid.id} with Leaflet or OpenLayers."
            )
        return grid.doubled()

    def _find_language(self, asked: str | None) -> str:
        language = asked or self._portal.languages[0]
        if language not in self._portal.languages:
            raise RequestError(
                "lang", f"choose one of {', '.join(self._portal.languages)}", value=language[:100]
            )
        return language
