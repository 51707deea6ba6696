"""A portal as a walk through it knows it: only what the portal itself tells of its layers and their features.

Nothing of a town is written down in a test, so that any portal can be walked.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from viewer.wording import read_texts

if TYPE_CHECKING:
    from flask.testing import FlaskClient

Json = dict[str, Any]

_KINDS = ("parcel", "address", "place", "zone", "other")
_CONFIGURATION = re.compile(r'<script[^>]*id="configuration"[^>]*>(.*?)</script>', re.DOTALL)
_TRIED = 20


@dataclass(frozen=True)
class Sight:
    """Something the search finds by its title, and its place in degrees."""

    title: str
    layer: str
    id: str
    lon: float
    lat: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Town:
    """A portal in one language; `address` is where it answers."""

    client: FlaskClient
    address: str
    language: str

    @cached_property
    def configuration(self) -> Json:
        """What the viewer's page is told."""
        page = self.client.get(f"/?lang={self.language}").text
        found = _CONFIGURATION.search(page)
        assert found is not None
        return dict(json.loads(found[1]))

    def say(self, key: str, **parts: str) -> str:
        """A text of the page in the town's language."""
        text = read_texts(self.language)[key]
        return text.format(**parts) if parts else text

    @property
    def has_measuring(self) -> bool:
        """Whether the browser can compute the portal's CRS."""
        return self.configuration["projection"] is not None

    @cached_property
    def parcel(self) -> Sight | None:
        """A parcel that has a page of its own and can be selected; None without such a cadastre."""
        for layer, known in self.configuration["layers"].items():
            if known["role"] == "parcels" and known["searchKind"] == "parcel":
                found = self._find_in(layer)
                if (
                    found
                    and self.client.get(f"/parcels/{found.id.replace('-', '/', 1)}?f=json").status_code == 200
                ):
                    return found
        return None

    @cached_property
    def sight(self) -> Sight:
        """The best that people look for here: a parcel, else an address, a settlement, a zone."""
        if self.parcel:
            return self.parcel
        layers = self.configuration["layers"].items()
        searched = [
            (_KINDS.index(known["searchKind"]), layer) for layer, known in layers if known["searchKind"]
        ]
        found = next((each for _, layer in sorted(searched) if (each := self._find_in(layer))), None)
        assert found is not None, "nothing of this portal can be searched"
        return found

    def theme_of(self, layer: str) -> Json:
        """A theme that shows the layer at once."""
        return next(
            theme
            for theme in self.configuration["themes"]
            if layer in theme["layers"] and layer not in theme["hidden"]
        )

    def _find_in(self, layer: str) -> Sight | None:
        """A feature near the middle of a layer that its own words find again."""
        west, south, east, north = self.client.get(f"/layers/{layer}?f=json").get_json()["extent"]
        lon, lat, width, height = (west + east) / 2, (south + north) / 2, (east - west) / 8, (north - south) / 8
        box = f"{lon - width:.7f},{lat - height:.7f},{lon + width:.7f},{lat + height:.7f}"
        asked = f"/ogc/collections/{layer}/items?limit={_TRIED}&bbox={box}"
        for item in self.client.get(asked).get_json()["features"]:
            words = [item["id"].replace("-", " ", 1), *item["properties"].values()]
            for word in words:
                found = self._search(str(word), layer, item["id"]) if _is_name(word) else None
                if found:
                    return found
        return None

    def _search(self, typed: str, layer: str, key: str) -> Sight | None:
        answer = self.client.get("/search", query_string={"q": typed, "lang": self.language}).get_json()
        for group in answer["groups"]:
            for result in group["results"]:
                if (result["layer"], result["id"]) == (layer, key):
                    place = result["point"]
                    box = tuple(result["bbox"])
                    return Sight(result["title"], layer, key, place["lon"], place["lat"], box)
        return None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 1 < len(value) < 60 and re.search(r"\w", value) is not None
