// What is selected on the map: the exact outline of a feature, the point that was asked about, and the outlines
// of parcels that were selected together.

import { circleMarker, featureGroup, geoJSON, latLng } from 'leaflet';

const COLOUR = '#d4003c';
const CASING = '#ffffff';
const PANE = 'selection';

/** How a feature is outlined in tiles until its exact geometry is here. */
export const HIGHLIGHT = { colour: COLOUR, casing: CASING };

export class Selection {
  constructor(map) {
    this._map = map;
    this._outline = null;
    this._point = null;
    this._together = null;
  }

  /** Outline polygons, GeoJSON features in CRS84, below all else: two paths however many they are. */
  outlineTogether(features) {
    this._together?.remove();
    this._together = null;
    const coordinates = features.flatMap(({ geometry }) => polygonsOf(geometry));
    if (coordinates.length === 0) return;
    const all = { type: 'MultiPolygon', coordinates };
    const casing = geoJSON(all, options({ color: CASING, weight: 5, opacity: 0.9, fill: false }));
    const line = geoJSON(all, options({ color: COLOUR, weight: 2, fillColor: COLOUR, fillOpacity: 0.16 }));
    this._together = featureGroup([casing, line]).addTo(this._map);
    for (const each of [line, casing]) each.bringToBack();
  }

  /** Outline a GeoJSON feature in CRS84; null takes the outline away. */
  outline(feature) {
    this._outline?.remove();
    this._outline = null;
    if (!feature) return;
    const casing = geoJSON(feature, options({ color: CASING, weight: 7, opacity: 0.9, fill: false }));
    const line = geoJSON(feature, options({ color: COLOUR, weight: 3, fillColor: COLOUR, fillOpacity: 0.12 }));
    this._outline = featureGroup([casing, line]).addTo(this._map);
    this._point?.bringToFront();
  }

  /** Mark a point {lon, lat}; null takes the mark away. */
  mark(point) {
    this._point?.remove();
    this._point = null;
    if (!point) return;
    const at = latLng(point.lat, point.lon);
    const ring = { pane: PANE, interactive: false, fill: false };
    this._point = featureGroup([
      circleMarker(at, { ...ring, radius: 6, color: CASING, weight: 5 }),
      circleMarker(at, { ...ring, radius: 6, color: COLOUR, weight: 2.5 }),
      circleMarker(at, { ...ring, radius: 1, color: COLOUR, weight: 2 }),
    ]).addTo(this._map);
  }
}

function polygonsOf(geometry) {
  if (geometry?.type === 'Polygon') return [geometry.coordinates];
  return geometry?.type === 'MultiPolygon' ? geometry.coordinates : [];
}

function options(style) {
  return {
    pane: PANE, interactive: false, style,
    pointToLayer: (_, at) => circleMarker(at, { ...style, pane: PANE, radius: 9, interactive: false }),
  };
}
