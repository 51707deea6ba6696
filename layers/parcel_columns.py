"""Which columns of a parcel layer hold the cadastral municipality (KO) and the parcel number.

The key of a parcel layer is the two of them, KO first. Where the layer has them, the name of the KO is in a
column named `ko_name`, the identifier of 18 digits in `eid`, the registered area in square metres in `area`.
A layer with another key has no parcel notation; its texts are searched by words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layers.manifest import Manifest

KO_NAME = "ko_name"
EID = "eid"
AREA = "area"
_NUMBERS = ("integer", "number")


@dataclass(frozen=True)
class ParcelColumns:
    """Published columns of a parcel layer by their meaning."""

    ko: str
    number: str
    ko_name: str | None
    number_is_word: bool
    """True when the searched text holds the number as a word of its own."""
    eid: str | None = None
    area: str | None = None


def find_parcel_columns(manifest: Manifest) -> ParcelColumns | None:
    """The columns of a layer that is searched by parcel notation, None for every other layer."""
    is_text = [manifest.columns[name].type == "text" for name in manifest.key]
    if manifest.search is None or manifest.search.kind != "parcel" or len(is_text) != 2 or not is_text[1]:
        return None
    ko, number = manifest.key
    return ParcelColumns(
        ko=ko,
        number=number,
        ko_name=KO_NAME if KO_NAME in manifest.columns else None,
        number_is_word=f" {{{number}}}" in f" {manifest.search.text}",
        eid=EID if EID in manifest.columns and manifest.columns[EID].type == "text" else None,
        area=AREA if AREA in manifest.columns and manifest.columns[AREA].type in _NUMBERS else None,
    )
