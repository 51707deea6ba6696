"""The layers a portal knows: those its folder describes, in the order of its themes, loaded or not.

A layer that was never loaded is not left out of an answer: *no data* is something to tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import GoneError, NotFoundError, RequestError
from layers.identify import AskedLayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.catalogue import Catalogue, PublishedLayer
    from layers.identify import Reason
    from layers.portal import Portal

_FAILED = ("rejected", "failed")


class KnownLayers:
    """The portal's layers in one order; its folder is read once, the catalogue at every question."""

    def __init__(self, portal: Portal, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._manifests = {manifest.id: manifest for manifest in portal.read_manifests()}
        self._order = layer_order(portal)

    def published(self) -> tuple[PublishedLayer, ...]:
        """Every published layer, in order."""
        return tuple(sorted(self._catalogue.published(), key=lambda layer: self._rank(layer.id)))

    def asked(self) -> tuple[AskedLayer, ...]:
        """Every known layer, in order; one without data says why."""
        published = {layer.id: layer for layer in self._catalogue.published()}
        known = {**self._manifests, **{layer.id: layer.manifest for layer in published.values()}}
        reasons = self._reasons([layer_id for layer_id in known if layer_id not in published])
        return tuple(
            AskedLayer(known[layer_id], published.get(layer_id), reasons.get(layer_id))
            for layer_id in sorted(known, key=self._rank)
        )

    def _rank(self, layer_id: str) -> tuple[int, str]:
        return (self._order.get(layer_id, len(self._order)), layer_id)

    def _reasons(self, missing: Sequence[str]) -> dict[str, Reason]:
        """Why layers that are not published have no data."""
        reasons: dict[str, Reason] = {name: "withdrawn" for name in missing if self._is_withdrawn(name)}
        untold = [name for name in missing if name not in reasons]
        states = self._catalogue.last_import_states(untold) if untold else {}
        return reasons | {name: "failed" if states.get(name) in _FAILED else "never_loaded" for name in untold}

    def _is_withdrawn(self, layer_id: str) -> bool:
        try:
            self._catalogue.find(layer_id)
        except GoneError:
            return True
        except NotFoundError:
            pass
        return False


def layer_order(portal: Portal) -> dict[str, int]:
    """Ranks of layers: theme by theme, and in a theme from the top of the drawing downwards."""
    drawn = [layer_id for theme in portal.themes for layer_id in reversed(theme.layers)]
    return {layer_id: rank for rank, layer_id in enumerate(dict.fromkeys(drawn))}


def choose_layers(known: Sequence[AskedLayer], text: str | None) -> tuple[AskedLayer, ...]:
    """The layers a request names; without a request, all that are more than base drawing (role `other`).

    An empty list names none. Raises RequestError for a name that is not known.
    """
    if text is None:
        return tuple(each for each in known if each.manifest.role != "other")
    if not text:
        return ()
    by_id = {each.manifest.id: each for each in known}
    names = dict.fromkeys(text.split(","))
    for name in names:
        if name not in by_id:
            raise RequestError("layers", f"there is no layer {name[:50]!r}; there are: {', '.join(by_id)}")
    return tuple(each for each in known if each.manifest.id in names)
