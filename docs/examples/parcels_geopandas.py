"""All parcels as a GeoDataFrame in D96/TM (EPSG:3794), and how far the drawing is from the register."""

import geopandas
import requests

PORTAL = "https://prostor.example.si"
D96 = "http://www.opengis.net/def/crs/EPSG/0/3794"


def read_layer(layer):
    """Every feature of a layer in metres, page by page; all pages are of one version, whatever is published."""
    features, address = [], f"{PORTAL}/ogc/collections/{layer}/items?limit=1000&crs={D96}"
    while address:
        answer = requests.get(address, timeout=60)
        answer.raise_for_status()
        page = answer.json()
        features += page["features"]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    return geopandas.GeoDataFrame.from_features(features, crs="EPSG:3794")


parcels = read_layer("parcels")
parcels["drawn_m2"] = parcels.area
parcels["difference_m2"] = parcels["drawn_m2"] - parcels["area"]

print(f"{len(parcels)} parcels, {parcels['drawn_m2'].sum() / 10_000:.1f} ha")
print(parcels.nlargest(5, "difference_m2")[["ko", "number", "area", "drawn_m2"]].to_string(index=False))
