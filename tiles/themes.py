"""What a `{set}` in a tile address means: a layer, or a theme with its layers side by side in one tile.

A set has a token, from which its members' versions can be found again, also after a newer version was
published. Encoded tiles of the members are joined byte by byte: a vector tile is a repeated field of layers
(MVT 2.1, 4.1), so their concatenation is the tile of the theme.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import GoneError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from layers.catalogue import Catalogue, PublishedLayer
    from layers.portal import Portal, Theme

# Goes up when joining members makes other bytes of the same members.
COMPOSITION_VERSION = 1

_MAX_REMEMBERED = 1024
_UNKNOWN_FOR_SECONDS = 5.0


@dataclass(frozen=True)
class TileSet:
    """A layer or a theme as it was at one time; members from the bottom of the drawing upwards."""

    id: str
    token: str
    members: tuple[PublishedLayer, ...]
    theme: Theme | None = None

    @property
    def layers(self) -> frozenset[str]:
        """The ids of the members."""
        return frozenset(member.id for member in self.members)


class TileSets:
    """Finds sets by id and token; remembers themes it has seen, as one process."""

    def __init__(self, portal: Portal, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._themes = {theme.id: theme for theme in portal.themes}
        self._seen: dict[tuple[str, str], TileSet] = {}
        self._unknown_until: dict[tuple[str, str], float] = {}

    @property
    def theme_ids(self) -> tuple[str, ...]:
        """The themes of the portal, in its order."""
        return tuple(self._themes)

    def find(self, set_id: str) -> TileSet:
        """The set as it is published now. Raises NotFoundError, or GoneError for a withdrawn layer."""
        theme = self._themes.get(set_id)
        if theme is None:
            return self.find_layer(set_id)
        published = {layer.id: layer for layer in self._catalogue.published()}
        return self._remember(theme, [published[name] for name in theme.layers if name in published])

    def find_layer(self, layer_id: str) -> TileSet:
        """The set of one published layer; a theme's id is not one. Raises NotFoundError or GoneError."""
        layer = self._catalogue.find(layer_id)
        return TileSet(layer.id, layer.token, (layer,))

    def find_version(self, set_id: str, token: str) -> TileSet:
        """The set with this token, published now or still kept. Raises NotFoundError or GoneError."""
        theme = self._themes.get(set_id)
        if theme is None:
            layer = self._catalogue.find_version(set_id, token)
            return TileSet(layer.id, layer.token, (layer,))
        current = self.find(set_id)
        if current.token == token:
            return current
        return self._find_earlier(theme, token, current)

    def _find_earlier(self, theme: Theme, token: str, current: TileSet) -> TileSet:
        """A theme as it was before: remembered, or found among the versions its members still keep."""
        key = (theme.id, token)
        if key not in self._seen and time.monotonic() >= self._unknown_until.get(key, 0.0):
            for members in earlier_members(self._kept_versions(theme), current.members):
                if theme_token(members) == token:
                    self._remember(theme, members)
                    break
            else:
                self._remember_unknown(key)
        earlier = self._seen.get(key)
        if earlier is None:
            raise NotFoundError("There is no such version of this theme; its TileJSON names the current one.")
        still_there = {layer.id for layer in self._catalogue.published()}
        if not earlier.layers <= still_there:
            raise GoneError("A layer of this version of the theme was withdrawn.")
        return earlier

    def _kept_versions(self, theme: Theme) -> list[tuple[PublishedLayer, ...]]:
        return [self._catalogue.versions(name) for name in theme.layers]

    def _remember(self, theme: Theme, members: Sequence[PublishedLayer]) -> TileSet:
        found = TileSet(theme.id, theme_token(members), tuple(members), theme)
        if len(self._seen) >= _MAX_REMEMBERED:
            self._seen.clear()
        self._seen[(theme.id, found.token)] = found
        return found

    def _remember_unknown(self, key: tuple[str, str]) -> None:
        if len(self._unknown_until) >= _MAX_REMEMBERED:
            self._unknown_until.clear()
        self._unknown_until[key] = time.monotonic() + _UNKNOWN_FOR_SECONDS


def theme_token(members: Sequence[PublishedLayer]) -> str:
    """16 hex digits over `id@token` of the members in order: changes exactly when a member's tiles do."""
    names = [f"composition {COMPOSITION_VERSION}", *(f"{each.id}@{each.token}" for each in members)]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def earlier_members(
    kept: Sequence[Sequence[PublishedLayer]], current: Sequence[PublishedLayer]
) -> Iterator[tuple[PublishedLayer, ...]]:
    """The member lists a theme may have had: at each moment something was loaded, the newest of each layer;
    then today's list with one member put back, which is what a rollback leaves behind.
    """
    for moment in sorted({version.loaded_at for versions in kept for version in versions}, reverse=True):
        yield tuple(
            max(loaded, key=lambda version: version.loaded_at)
            for versions in kept
            if (loaded := [version for version in versions if version.loaded_at <= moment])
        )
    for index, member in enumerate(current):
        for version in (version for versions in kept for version in versions if version.id == member.id):
            yield (*current[:index], version, *current[index + 1 :])
