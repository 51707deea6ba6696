"""Column names that Slovenian sources use, and what they are published as: help for drafting a manifest.

Names from the services and files of GURS (KN, RN, RPE, KGI) and of spatial acts (MNVP), old and new. Only a
draft reads this; an import knows nothing but the manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layers.manifest import ColumnType, Role


@dataclass(frozen=True)
class KnownColumn:
    """A published column with the names it is known by in sources, and its titles."""

    name: str
    sources: tuple[str, ...]
    sl: str
    en: str
    type: ColumnType | None = None
    unit: str | None = None
    role: Role | None = None
    zero_is_unknown: bool = False


def _known(
    name: str,
    sources: str,
    sl: str,
    en: str,
    kind: ColumnType | None = None,
    *,
    unit: str | None = None,
    role: Role | None = None,
    zero_is_unknown: bool = False,
) -> KnownColumn:
    return KnownColumn(name, tuple(sources.split()), sl, en, kind, unit, role, zero_is_unknown)


KNOWN_COLUMNS: tuple[KnownColumn, ...] = (
    _known("ko", "KO_ID KO_SIFKO SIFKO SIFRA_KO KO", "Šifra k. o.", "KO code", "text"),
    _known("ko_name", "KO_NAZIV NAZIV_KO IMEKO KO_IME", "Katastrska občina", "Cadastral municipality"),
    _known(
        "number", "ST_PARCELE PARCELA STPARCELE", "Številka parcele", "Parcel number", "text", role="parcels"
    ),
    _known("eid", "EID_PARCELA EID_STAVBA EID_NASLOV EID_GJI EID_LINIJA EID", "EID", "EID", "text"),
    _known("area", "POVRSINA POVR", "Površina", "Area", "number", unit="m²", zero_is_unknown=True),
    _known("building", "ST_STAVBE STAVBA", "Številka stavbe", "Building number", "text", role="buildings"),
    _known("floors", "STEVILO_ETAZ ST_ETAZ", "Število etaž", "Floors", "integer", zero_is_unknown=True),
    _known("built", "LETO_IZGRADNJE LETO_IZG", "Leto izgradnje", "Year built", "integer", zero_is_unknown=True),
    _known("street", "ULICA_NAZIV UL_UIME ULICA", "Ulica", "Street"),
    _known("house", "HS_STEVILKA HS HISNA_ST", "Hišna številka", "House number", "text", role="addresses"),
    _known("house_letter", "HS_DODATEK HD DODATEK", "Dodatek", "Letter", "text"),
    _known("settlement", "NASELJE_NAZIV NA_UIME NASELJE", "Naselje", "Settlement"),
    _known("post_code", "POSTNI_OKOLIS_SIFRA PT_ID", "Poštna številka", "Post code", "text"),
    _known("post", "POSTNI_OKOLIS_NAZIV PT_UIME", "Pošta", "Post office"),
    _known("eup", "EUP_OZN EUP OZN_EUP", "Enota urejanja prostora", "Planning unit", "text", role="zoning"),
    _known("use", "NRP_OZN PNRP_OZN PNRP NRP NAMENSKA", "Namenska raba", "Land use", "text", role="zoning"),
    _known("use_name", "NRP_OPIS PNRP_OPIS", "Opis namenske rabe", "Land use in words", role="zoning"),
    _known("act", "NAZIV_PA NAZIV_AKTA", "Prostorski akt", "Spatial act", role="zoning"),
    _known("in_force", "DATUM_VEL DAT_VEL", "Velja od", "In force since", "date"),
    _known("kind", "SIF_VRSTE GJI_VRSTE_OBJEKTOV_SIFRA", "Vrsta objekta", "Kind", "text", role="utilities"),
    _known("theme", "GJI_TEMATIKE_SIFRA TEMATIKA", "Infrastruktura", "Network", "text", role="utilities"),
    _known("abandoned", "GJI_OPUSCENOSTI_NAZIV_SL OPU", "Opuščenost", "Abandoned", "text", role="utilities"),
    _known("note", "OPIS OPOMBA", "Opis", "Note"),
    _known("name", "NAZIV IME IME_ZNAMEN OB_UIME", "Ime", "Name"),
    _known("changed", "DATUM_SYS DAT_EL", "Spremenjeno", "Changed", "date"),
)


def find_known_column(source: str) -> KnownColumn | None:
    """What a source column of this name is published as, or None for one nobody knows."""
    plain = source.strip().upper()
    return next((known for known in KNOWN_COLUMNS if plain in known.sources), None)
