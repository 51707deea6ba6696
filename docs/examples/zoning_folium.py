"""The zones of a municipality on a folium map, with their names in popups; writes zoning.html."""

import html

import folium
import requests

PORTAL = "https://prostor.example.si"


def read_features(layer):
    """Every feature of a layer in degrees, page by page."""
    address = f"{PORTAL}/ogc/collections/{layer}/items?limit=1000"
    while address:
        answer = requests.get(address, timeout=60)
        answer.raise_for_status()
        page = answer.json()
        yield from page["features"]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)


def as_html(value):
    """A value as folium needs it: its popups are HTML, and it runs what stands in braces as a template."""
    return html.escape("" if value is None else str(value)).replace("{", "&#123;")


def as_shown(feature):
    """The geometry, and the two texts of its popup; nothing else of the data comes into the page."""
    texts = {name: as_html(feature["properties"][name]) for name in ("eup", "nrp")}
    return {"type": "Feature", "geometry": feature["geometry"], "properties": texts}


zones = folium.GeoJson(
    {"type": "FeatureCollection", "features": [as_shown(each) for each in read_features("zoning")]},
    style_function=lambda _: {"color": "#8a4b2a", "weight": 1, "fillColor": "#f0b48a"},
    popup=folium.GeoJsonPopup(["eup", "nrp"], aliases=["EUP", "Raba"]),
)
zoning = folium.Map(tiles=None)
zones.add_to(zoning)
zoning.fit_bounds(zones.get_bounds())
zoning.save("zoning.html")
