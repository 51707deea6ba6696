// Shows what somebody drew, above everything else on the map, with its text and measure. Shows only: what happens
// on a click is told by the tool that has the clicks.

import { DivIcon, Marker, circleMarker, featureGroup, latLng, polygon, polyline } from 'leaflet';
import { element } from '../base/elements.js';
import { interiorPoint } from '../base/geojson.js';
import { isInside, nearestOnLine } from '../base/plane.js';

const CASING = '#ffffff';
const PANE = 'drawn';
const PANE_LEVEL = 430;
const NEAR_PIXELS = { fine: 10, coarse: 24 };

/** An overlay of MapView: `attach` and `detach` are called when the map is made anew. */
export class DrawnShapes {
  constructor() {
    this._shapes = [];
    this._selected = null;
    this._map = null;
  }

  attach(map) {
    this._map = map;
    map.createPane(PANE).style.zIndex = PANE_LEVEL;
    map.getPane(PANE).style.pointerEvents = 'none';
    this._draw();
  }

  detach() {
    this._group?.remove();
    this._map = null;
  }

  /** Show shapes, {id, kind, points: [{lon, lat}], colour, lines: [text, measure]}, one of them as selected. */
  show(shapes, selected = null) {
    this._shapes = shapes;
    this._selected = selected;
    this._draw();
  }

  /** The id of the topmost shape at a point {lon, lat}, or null. */
  shapeAt({ lon, lat }) {
    const at = this._pixel({ lon, lat });
    const reach = window.matchMedia('(pointer: coarse)').matches ? NEAR_PIXELS.coarse : NEAR_PIXELS.fine;
    return this._shapes.findLast((shape) => isHit(shape.kind, shape.points.map((each) => this._pixel(each)), at, reach))?.id ?? null;
  }

  _pixel({ lon, lat }) {
    const { x, y } = this._map.latLngToLayerPoint([lat, lon]);
    return [x, y];
  }

  _draw() {
    this._group?.remove();
    if (!this._map) return;
    this._group = featureGroup(this._shapes.flatMap((shape) => this._build(shape))).addTo(this._map);
  }

  _build(shape) {
    const isSelected = shape.id === this._selected;
    const points = shape.points.map(toLatLng);
    const look = { pane: PANE, interactive: false, color: shape.colour, weight: isSelected ? 4 : 3 };
    const casing = { ...look, color: CASING, weight: look.weight + 4, opacity: 0.9, fill: false };
    const label = buildText(toLatLng(anchorOf(shape.kind, shape.points)), shape.lines, isSelected ? `${shape.kind}-held` : shape.kind);
    if (shape.kind === 'point') {
      const dot = { ...look, radius: isSelected ? 8 : 6, color: CASING, weight: 2.5, fillColor: shape.colour, fillOpacity: 1 };
      return [circleMarker(points[0], dot), label];
    }
    if (shape.kind === 'line') return [polyline(points, casing), polyline(points, look), label];
    return [polygon(points, casing), polygon(points, { ...look, fillColor: shape.colour, fillOpacity: 0.15 }), label];
  }
}

/** Text on the map; it is set as text, so whatever it says stays a text. */
export function buildText(at, lines, name) {
  const html = element('span', { class: `drawn-text drawn-text--${name}` }, ...lines.map((line) => element('span', {}, line)));
  return new Marker(at, {
    pane: PANE, interactive: false, keyboard: false, icon: new DivIcon({ html, className: 'drawn-place', iconSize: [0, 0] }),
  });
}

/** Where a shape's text stands: in an area, on the middle stretch of a line, at a point. */
export function anchorOf(kind, points) {
  if (kind === 'point') return points[0];
  if (kind === 'area') return interiorPoint({ type: 'Polygon', coordinates: [[...points, points[0]].map(({ lon, lat }) => [lon, lat])] });
  const [one, other] = [points[Math.floor((points.length - 1) / 2)], points[Math.floor((points.length - 1) / 2) + 1]];
  return { lon: (one.lon + other.lon) / 2, lat: (one.lat + other.lat) / 2 };
}

function isHit(kind, points, at, reach) {
  if (kind === 'point') return Math.hypot(points[0][0] - at[0], points[0][1] - at[1]) <= reach;
  if (kind === 'area' && isInside(points, at)) return true;
  const ends = kind === 'area' ? [...points, points[0]] : points;
  return ends.slice(1).some((end, index) => nearestOnLine(ends[index], end, at).distance <= reach);
}

export function toLatLng({ lon, lat }) {
  return latLng(lat, lon);
}
