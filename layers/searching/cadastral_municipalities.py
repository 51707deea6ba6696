"""Cadastral municipalities (KO) of a parcel layer by name, so that `123/4 k.o. Velenje` finds its code.

Elsewhere the parts of a cadastre have letters for a code, such as the sections of a French one: `AB 38`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.features import reading_version
from layers.folding import fold
from layers.searching import statements

if TYPE_CHECKING:
    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.parcel_columns import ParcelColumns

# Slovenia has some 2,700 of them.
_MAX_KOS = 5_000
_MAX_VERSIONS = 32

_Kos = tuple[tuple[str, str], ...]


class CadastralMunicipalities:
    """Codes and folded names, read once for each version of a layer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_token: dict[str, _Kos] = {}

    def find_codes(self, layer: PublishedLayer, columns: ParcelColumns, name: str) -> tuple[str, ...]:
        """Codes of the KOs whose folded name is `name`; else of those whose name begins with it."""
        kos = self._read(layer, columns)
        same = tuple(code for code, known in kos if known == name)
        return same or tuple(code for code, known in kos if known.startswith(name))

    def _read(self, layer: PublishedLayer, columns: ParcelColumns) -> _Kos:
        found = self._by_token.get(layer.token)
        if found is None:
            with reading_version(self._database, "api") as connection:
                rows = connection.execute(statements.select_kos(layer, columns, limit=_MAX_KOS)).all()
            if len(self._by_token) >= _MAX_VERSIONS:
                self._by_token.clear()
            found = tuple((code, fold(name or "")) for code, name in rows if code)
            self._by_token[layer.token] = found
        return found
