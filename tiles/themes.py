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
    from collections.abc import Iterator, Mapping, Sequence

    from layers.catalogue import Catalogue, PublishedLayer
    from layers.portal import Portal, Theme

# Goes up when joining members makes other bytes of the same members.
COMPOSITION_VERSION = 1

_MAX_REMEMBERED = 1024
# Tokens nobody knows cost the catalogue at most one look a second and theme.
_EARLIER_FOR_SECONDS = 1.0


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


@dataclass(frozen=True)
class _EarlierSets:
    """The sets a theme may have been, by token, and when the catalogue was asked."""

    read_at: float
    by_token: Mapping[str, TileSet]


class TileSets:
    """Finds sets by id and token; remembers themes it has seen, as one process."""

    def __init__(self, portal: Portal, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._themes = {theme.id: theme for theme in portal.themes}
        self._seen: dict[tuple[str, str], TileSet] = {}
        self._earlier: dict[str, _EarlierSets] = {}

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
        """A theme as it was before: served by this process, or found among the versions still kept."""
        earlier = self._seen.get((theme.id, token)) or self._read_earlier(theme, current).get(token)
        if earlier is None:
            raise NotFoundError("There is no such version of this theme; its TileJSON names the current one.")
        still_there = {layer.id for layer in self._catalogue.published()}
        if not earlier.layers <= still_there:
            raise GoneError("A layer of this version of the theme was withdrawn.")
        return earlier

    def _read_earlier(self, theme: Theme, current: TileSet) -> Mapping[str, TileSet]:
        known = self._earlier.get(theme.id)
        if known is None or time.monotonic() - known.read_at > _EARLIER_FOR_SECONDS:
            kept = [self._catalogue.versions(name) for name in theme.layers]
            sets = [_build_set(theme, members) for members in earlier_members(kept, current.members)]
            known = _EarlierSets(time.monotonic(), {each.token: each for each in sets})
            self._earlier[theme.id] = known
        return known.by_token

    def _remember(self, theme: Theme, members: Sequence[PublishedLayer]) -> TileSet:
        found = _build_set(theme, members)
        if len(self._seen) >= _MAX_REMEMBERED:
            self._seen.clear()
        self._seen[(theme.id, found.token)] = found
        return found


def _build_set(theme: Theme, members: Sequence[PublishedLayer]) -> TileSet:
    return TileSet(theme.id, theme_token(members), tuple(members), theme)


def theme_token(members: Sequence[PublishedLayer]) -> str:
    """16 hex digits over `id@token` of the members in order: changes exactly when a member's tiles do."""
    names = [f"composition {COMPOSITION_VERSION}", *(f"{each.id}@{each.token}" for each in members)]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def earlier_members(
    kept: Sequence[Sequence[PublishedLayer]], current: Sequence[PublishedLayer]
) -> Iterator[tuple[PublishedLayer, ...]]:
    """The lists of members that a theme may have had, as far as versions are kept.

    At each moment something was loaded, the newest of each layer; then today's list with one member put
    back, which is what a rollback leaves behind.
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
