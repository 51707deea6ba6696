"""A selection as GeoJSON (RFC 7946) in CRS84; what else is known of a parcel stands beside its properties.

Areas are square metres in the portal's CRS: `registered_m2` of the register, `drawn_m2` of the drawing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from layers.catalogue import PublishedLayer
    from layers.selecting.selector import SelectedParcel, Selection

Json = dict[str, Any]


def build_document(selection: Selection, layer: PublishedLayer, root: str, language: str) -> Json:
    """The answer, ready for orjson; outlines stand in it as the database wrote them."""
    source = layer.manifest.source
    return {
        "type": "FeatureCollection",
        "features": [_build_feature(each, root) for each in selection.parcels],
        "numberReturned": len(selection.parcels),
        "truncated": selection.truncated,
        "missing": list(selection.missing),
        "unclear": list(selection.unclear),
        "source": {
            "provider": source.provider.in_language(language),
            "state_date": layer.state_date.isoformat(),
            "licence": source.licence,
            "attribution": source.attribution.in_language(language),
        },
    }


def _build_feature(parcel: SelectedParcel, root: str) -> Json:
    found = parcel.found
    return {
        "type": "Feature",
        "id": found.key,
        "geometry": orjson.Fragment(parcel.geojson) if parcel.geojson is not None else None,
        "properties": dict(parcel.values),
        "title": parcel.title,
        "ko": found.ko,
        "ko_name": found.ko_name,
        "number": found.number,
        "eid": found.eid,
        "registered_m2": found.registered_m2,
        "drawn_m2": parcel.drawn_m2,
        "url": f"{root}/parcels/{found.path}",
    }
