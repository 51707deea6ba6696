// Changes a shape that is there: grips on its corners, smaller ones between them that make new corners, and one that
// moves the whole. Each can be dragged, or reached by Tab and moved by arrow keys; Delete takes a corner out.

import { DivIcon, Marker, featureGroup, polygon, polyline } from 'leaflet';
import { element } from '../base/elements.js';
import { Emitter } from '../base/events.js';
import { KINDS } from '../base/shapes.js';
import { anchorOf, toLatLng } from './drawn-shapes.js';

const SNAP_PIXELS = 14;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LARGE_STEP = 10;
const GRIP_PIXELS = { fine: 24, coarse: 44 };
/** The grip that moves the whole stands this far above the place it holds. */
const MOVER_LIFT = 34;
/** More grips than that would cover the shape; its coordinates can be typed. */
const MOST_GRIPS = 150;

/**
 * Events: `changed` (points), `moved` ({from, to}: the whole, by the way between two places), `picked` (the point
 * {lon, lat} that was clicked beside the grips); `replaced` by MapView, whose tool it is.
 */
export class ShapeGrips extends Emitter {
  /** `snap` as ShapePen takes it; `name(what, number)` gives a grip its name for screen readers. */
  constructor({ snap, name }) {
    super();
    Object.assign(this, { snap, name });
    this._shape = null;
    this._grips = [];
    this._leave = () => {};
  }

  attach(map) {
    this._map = map;
    const pick = ({ latlng: { lng: lon, lat } }) => this.emit('picked', { lon, lat });
    map.on('click', pick);
    this._leave = () => map.off('click', pick);
    this._draw();
  }

  detach() {
    this._leave();
    this._clear();
    this._map = null;
  }

  /** Give grips to a shape, {kind, points: [{lon, lat}], colour}; null takes them away. */
  hold(shape) {
    this._shape = shape;
    this._draw();
  }

  _clear() {
    this._group?.remove();
    this._shadow?.remove();
    this._grips = [];
  }

  _draw() {
    const focused = this._grips.findIndex((grip) => grip.getElement() === document.activeElement);
    this._clear();
    if (!this._map || !this._shape || this._shape.points.length > MOST_GRIPS) return;
    this._grips = this._buildGrips(this._shape);
    this._group = featureGroup(this._grips).addTo(this._map);
    if (focused >= 0) this._grips[Math.min(focused, this._grips.length - 1)].getElement().focus();
  }

  _buildGrips({ kind, points }) {
    const corners = points.map((_, index) => this._buildCorner(index));
    if (kind === 'point') return corners;
    const middles = points.slice(kind === 'area' ? 0 : 1).map((_, index) => this._buildMiddle(index));
    return [...corners, this._buildMover(), ...middles];
  }

  _buildCorner(index) {
    const { points, kind } = this._shape;
    const follow = (point) => points.map((each, at) => (at === index ? point : each));
    return this._buildGrip(points[index], {
      what: 'corner', number: index + 1, follow,
      snap: (point) => this._snapped(point),
      settle: (point) => this.emit('changed', follow(point)),
      remove: () => { if (points.length > KINDS[kind]) this.emit('changed', points.filter((_, at) => at !== index)); },
    });
  }

  _buildMiddle(index) {
    const { points } = this._shape;
    const [one, other] = [points[index], points[(index + 1) % points.length]];
    const follow = (point) => [...points.slice(0, index + 1), point, ...points.slice(index + 1)];
    return this._buildGrip({ lon: (one.lon + other.lon) / 2, lat: (one.lat + other.lat) / 2 }, {
      what: 'middle', number: index + 1, follow,
      snap: (point) => this._snapped(point),
      settle: (point) => this.emit('changed', follow(point)),
    });
  }

  _buildMover() {
    const { kind, points } = this._shape;
    const from = anchorOf(kind, points);
    return this._buildGrip(from, {
      what: 'mover', number: 0, lift: MOVER_LIFT,
      follow: ({ lon, lat }) => points.map((each) => ({ lon: each.lon + lon - from.lon, lat: each.lat + lat - from.lat })),
      snap: (point) => point,
      settle: (to) => this.emit('moved', { from, to }),
    });
  }

  /** `follow` tells the shape while the grip is on its way, `settle` is told where it was put down. */
  _buildGrip(point, { what, number, follow, snap, settle, remove = () => {}, lift = 0 }) {
    const size = window.matchMedia('(pointer: coarse)').matches ? GRIP_PIXELS.coarse : GRIP_PIXELS.fine;
    const icon = new DivIcon({
      className: `grip grip--${what}`, html: element('span', { class: 'grip__dot' }),
      iconSize: [size, size], iconAnchor: [size / 2, size / 2 + lift],
    });
    const grip = new Marker(toLatLng(point), { icon, draggable: true, autoPan: true, zIndexOffset: what === 'middle' ? 0 : 1000 });
    const place = () => snap(toPoint(grip.getLatLng()));
    grip.on('drag', () => this._showOnItsWay(follow(place())));
    grip.on('dragend', () => settle(place()));
    grip.on('contextmenu', remove);
    grip.on('add', () => {
      grip.getElement().setAttribute('aria-label', this.name(what, number));
      grip.getElement().addEventListener('keydown', (event) => this._press(event, grip, { settle, remove }));
    });
    return grip;
  }

  _press(event, grip, { settle, remove }) {
    const step = STEPS[event.key];
    if (!step && !['Delete', 'Backspace'].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) settle(this._placeBeside(grip, step, event.shiftKey ? LARGE_STEP : 1));
    else remove();
  }

  _placeBeside(grip, [x, y], pixels) {
    const place = this._map.latLngToLayerPoint(grip.getLatLng()).add([x * pixels, y * pixels]);
    return toPoint(this._map.layerPointToLatLng(place));
  }

  _snapped(point) {
    return this.snap(point, SNAP_PIXELS) ?? point;
  }

  _showOnItsWay(points) {
    this._shadow?.remove();
    const shape = this._shape.kind === 'area' ? polygon : polyline;
    const look = { pane: 'drawn', interactive: false, color: this._shape.colour, weight: 2, dashArray: '5 4', fill: false };
    this._shadow = shape(points.map(toLatLng), look).addTo(this._map);
  }
}

function toPoint({ lng: lon, lat }) {
  return { lon, lat };
}
