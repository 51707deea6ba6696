"""What a `{set}` in a tile address means: a layer, or a theme with its layers side by side in one tile.

A set has a token, from which its members' versions can be found again, also after a newer version was
published. Encoded tiles of the members are joined byte by byte: a vector tile is a repeated field of layers
(MVT 2.1, 4.1), so their concatenation is the tile of the theme.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from gis.errors import GoneError, NotFoundError
from tiles.tokens import TILE_ENCODER, known_encoders, tile_token, version_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from layers.catalogue import Catalogue, Life, PublishedLayer
    from layers.portal import Portal, Theme

_MAX_REMEMBERED = 1024
# Tokens nobody knows cost the catalogue at most one look a second and theme.
_EARLIER_FOR_SECONDS = 1.0
# So many versions of the layers of a theme are looked through to tell a token that is gone from an unknown one.
_MAX_PAST_VERSIONS = 300


class Member(Protocol):
    """As much of a version as decides what a theme's token was."""

    @property
    def id(self) -> str:
        """The id of the layer."""

    @property
    def token(self) -> str:
        """The token of the version."""

    @property
    def loaded_at(self) -> datetime:
        """When it was loaded."""


AnyMember = TypeVar("AnyMember", bound=Member)


@dataclass(frozen=True)
class TileSet:
    """A layer or a theme as it was at one time; members from the bottom of the drawing upwards.

    `token` is the one that addresses of its tiles have (`tiles.tokens`), not that of a version.
    """

    id: str
    token: str
    members: tuple[PublishedLayer, ...]
    theme: Theme | None = None

    @property
    def lives(self) -> frozenset[Life]:
        """The lives of the members; the set is gone when one of them is over."""
        return frozenset(member.life for member in self.members)


@dataclass(frozen=True)
class _EarlierSets:
    """What a set may have been: `kept` can still be read, of `past` only names are known for certain."""

    read_at: float
    current: TileSet
    kept: tuple[TileSet, ...]
    past: tuple[tuple[Member, ...], ...]

    def is_outdated(self, current: TileSet) -> bool:
        """True when a version came or went meanwhile, or when it is time to look again."""
        return self.current != current or time.monotonic() - self.read_at > _EARLIER_FOR_SECONDS


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

    def published(self) -> tuple[TileSet, ...]:
        """Every layer and theme as it is published now. Raises UnavailableError."""
        layers = tuple(_build_set(each.id, (each,), None) for each in self._catalogue.published())
        return (*layers, *(self.find(theme_id) for theme_id in self._themes))

    def find_layer(self, layer_id: str) -> TileSet:
        """The set of one published layer; a theme's id is not one. Raises NotFoundError or GoneError."""
        return _build_set(layer_id, (self._catalogue.find(layer_id),), None)

    def find_version(self, set_id: str, token: str) -> TileSet:
        """The set with this token, published now or still kept. Raises NotFoundError or GoneError.

        Its own token is another one when the token is that of an earlier encoder.
        """
        theme = self._themes.get(set_id)
        if theme is None:
            layer = self._catalogue.find_version(set_id, *version_tokens(token))
            return _build_set(set_id, (layer,), None)
        current = self.find(set_id)
        if token in theme_tokens(current.members):
            return current
        return self._find_earlier(theme, token, current)

    def find_named(
        self, set_id: str, name: str, give_names: Callable[[Sequence[Member]], Collection[str]]
    ) -> TileSet | None:
        """The set that has this name besides its token, among those published now or still kept.

        None when it never meant any. Raises NotFoundError for no such set, GoneError when it means a set with
        versions that cannot be read any more.
        """
        current = self.find(set_id)
        if name in give_names(current.members):
            return current
        earlier = self._read_earlier(set_id, current)
        for each in earlier.kept:
            if name in give_names(each.members) and each.lives <= self._catalogue.lives():
                return each
        if any(name in give_names(members) for members in earlier.past):
            raise GoneError("A layer of this version was withdrawn, or is no longer kept.")
        return None

    def _find_earlier(self, theme: Theme, token: str, current: TileSet) -> TileSet:
        """A theme as it was before: served by this process, or found among the versions still kept."""
        earlier = self._seen.get((theme.id, token))
        if earlier is None:
            known = self._read_earlier(theme.id, current)
            earlier = next((each for each in known.kept if token in theme_tokens(each.members)), None)
            if earlier is None and any(token in theme_tokens(members) for members in known.past):
                raise GoneError("A layer of this version of the theme was withdrawn, or is no longer kept.")
        if earlier is None:
            raise NotFoundError("There is no such version of this theme; its TileJSON names the current one.")
        if not earlier.lives <= self._catalogue.lives():
            raise GoneError("A layer of this version of the theme was withdrawn.")
        return earlier

    def _read_earlier(self, set_id: str, current: TileSet) -> _EarlierSets:
        known = self._earlier.get(set_id)
        if known is None or known.is_outdated(current):
            theme = self._themes.get(set_id)
            names = theme.layers if theme else (set_id,)
            kept = {name: self._catalogue.versions(name) for name in names}
            sets = (_build_set(set_id, members, theme) for members in earlier_members(kept, current.members))
            past = self._read_past(names, current)
            known = _EarlierSets(time.monotonic(), current, tuple(sets), past)
            self._earlier[set_id] = known
        return known

    def _read_past(self, names: Sequence[str], current: TileSet) -> tuple[tuple[Member, ...], ...]:
        """The members the set may have had, also with versions that cannot be read any more."""
        past = self._catalogue.past_versions(names, limit=_MAX_PAST_VERSIONS)
        by_layer = {name: [version for version in past if version.id == name] for name in names}
        members: Sequence[Member] = current.members
        return tuple(earlier_members(by_layer, members))

    def _remember(self, theme: Theme, members: Sequence[PublishedLayer]) -> TileSet:
        found = _build_set(theme.id, members, theme)
        if len(self._seen) >= _MAX_REMEMBERED:
            self._seen.clear()
        self._seen[(theme.id, found.token)] = found
        return found


def _build_set(set_id: str, members: Sequence[PublishedLayer], theme: Theme | None) -> TileSet:
    token = theme_token(members) if theme else tile_token(members[0].token)
    return TileSet(set_id, token, tuple(members), theme)


def theme_token(members: Sequence[Member], encoder: int = TILE_ENCODER) -> str:
    """16 hex digits over `id@token` of the members' tiles in order: changes exactly when one of these does."""
    names = ["composition 1", *(f"{each.id}@{tile_token(each.token, encoder)}" for each in members)]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def theme_tokens(members: Sequence[Member]) -> tuple[str, ...]:
    """The tokens that these members as a theme have and had: today's encoder first."""
    return tuple(theme_token(members, encoder) for encoder in known_encoders())


def earlier_members(
    kept: Mapping[str, Sequence[AnyMember]], current: Sequence[AnyMember]
) -> Iterator[tuple[AnyMember, ...]]:
    """The lists of members that a theme may have had; `kept` are the versions of its layers, in its order.

    At each moment something was loaded, the newest of each layer; then today's list with one member put
    back, which is what a rollback or a withdrawal leaves behind.
    """
    every = [version for versions in kept.values() for version in versions]
    for moment in sorted({version.loaded_at for version in every}, reverse=True):
        yield tuple(
            max(loaded, key=lambda version: version.loaded_at)
            for versions in kept.values()
            if (loaded := [version for version in versions if version.loaded_at <= moment])
        )
    now = {member.id: member for member in current}
    for version in every:
        put_back = {**now, version.id: version}
        yield tuple(put_back[name] for name in kept if name in put_back)
