// Draws a new shape corner by corner: by click or tap, or by Return for the middle of the map. A double click, a
// click on the last corner (or an area's first), or Return twice at one place finishes it.

import { circleMarker, featureGroup, polygon, polyline } from 'leaflet';
import { Emitter, oncePerFrame } from '../base/events.js';
import { KINDS, MOST_POINTS } from '../base/shapes.js';
import { holdDoubleClick } from './double-click.js';
import { buildText, toLatLng } from './drawn-shapes.js';

const CASING = '#ffffff';
const PANE = 'drawn';
const SAME_PIXELS = { fine: 6, coarse: 20 };
const SNAP_PIXELS = { fine: 12, coarse: 24 };

/** Events: `changed` (points), `finished` (points), `cancelled`, `full`; `replaced` by MapView, whose tool it is. */
export class ShapePen extends Emitter {
  /**
   * `snap(point, pixels)` answers {lon, lat, isCorner} or null; `describe(points)` the lines of text that go with
   * the pointer.
   */
  constructor({ kind, colour, snap, describe }) {
    super();
    Object.assign(this, { kind, colour, snap, describe });
    /** [{lon, lat}] */
    this.points = [];
    this._pointer = null;
    this._leave = () => {};
  }

  get isComplete() {
    return this.points.length >= KINDS[this.kind];
  }

  attach(map, container) {
    this._map = map;
    const letDoubleClick = holdDoubleClick(map);
    container.classList.add('is-drawing');
    const heard = {
      click: ({ latlng, originalEvent }) => this._take(this._stick(latlng, originalEvent.pointerType), originalEvent.pointerType),
      dblclick: () => this.finish(),
      mousemove: oncePerFrame(({ latlng }) => this._follow(latlng)),
      mouseout: () => this._follow(null),
    };
    const press = (event) => this._press(event);
    map.on(heard);
    container.addEventListener('keydown', press, { capture: true });
    this._leave = () => {
      map.off(heard);
      container.removeEventListener('keydown', press, { capture: true });
      container.classList.remove('is-drawing');
      letDoubleClick();
    };
    this._draw();
  }

  detach() {
    this._leave();
    this._leave = () => {};
    this._shown?.remove();
    this._map = null;
  }

  removeLast() {
    this.points = this.points.slice(0, -1);
    this._change();
  }

  finish() {
    if (this.isComplete) this.emit('finished', this.points);
  }

  cancel() {
    this.emit('cancelled');
  }

  _press(event) {
    const act = { Enter: () => this._takeMiddle(), Backspace: () => this.removeLast(), Escape: () => this.cancel() }[event.key];
    if (!act || event.target !== event.currentTarget) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  _takeMiddle() {
    const { lng: lon, lat } = this._map.getCenter();
    this._take(this._stick({ lng: lon, lat }, 'mouse'), 'mouse');
  }

  _take(point, pointerType) {
    const reach = pointerType === 'touch' ? SAME_PIXELS.coarse : SAME_PIXELS.fine;
    const ends = this.kind === 'area' ? [this.points.at(-1), this.points[0]] : [this.points.at(-1)];
    if (ends.some((end) => end && this._pixelsBetween(end, point) <= reach)) this.finish();
    else if (this.points.length >= MOST_POINTS) this.emit('full');
    else this._add(point);
  }

  _add(point) {
    this.points = [...this.points, { lon: point.lon, lat: point.lat }];
    if (this.kind === 'point') this.finish();
    else this._change();
  }

  _change() {
    this._draw();
    this.emit('changed', this.points);
  }

  _follow(latlng) {
    if (!this._map) return;
    this._pointer = latlng && this._stick(latlng, 'mouse');
    this._draw();
  }

  _stick({ lng: lon, lat }, pointerType) {
    return this.snap({ lon, lat }, pointerType === 'touch' ? SNAP_PIXELS.coarse : SNAP_PIXELS.fine) ?? { lon, lat };
  }

  _pixelsBetween(one, other) {
    return this._map.latLngToLayerPoint(toLatLng(one)).distanceTo(this._map.latLngToLayerPoint(toLatLng(other)));
  }

  _draw() {
    this._shown?.remove();
    if (!this._map) return;
    const path = this._isPointerElsewhere() ? [...this.points, this._pointer] : this.points;
    const quiet = { pane: PANE, interactive: false };
    const shape = this.kind === 'area' && path.length > 2 ? polygon : polyline;
    const places = path.map(toLatLng);
    this._shown = featureGroup([
      shape(places, { ...quiet, color: CASING, weight: 6, fill: false }),
      shape(places, { ...quiet, color: this.colour, weight: 2.5, dashArray: '7 4', fill: shape === polygon, fillOpacity: 0.12 }),
      ...this.points.map((each) => circleMarker(toLatLng(each), { ...quiet, radius: 5, color: this.colour, weight: 2, fillColor: CASING, fillOpacity: 1 })),
      ...this._buildHint(quiet, path),
    ]).addTo(this._map);
  }

  /** A finger leaves the pointer where the last point is; that is no further one. */
  _isPointerElsewhere() {
    const last = this.points.at(-1);
    return this._pointer !== null && (last === undefined || this._pixelsBetween(last, this._pointer) >= 1);
  }

  /** A ring where the pointer sticks, larger on a corner; and what the shape measures so far. */
  _buildHint(quiet, path) {
    if (!this._isPointerElsewhere()) return [];
    const { isCorner } = this._pointer;
    const ring = isCorner === undefined ? [] : [circleMarker(toLatLng(this._pointer), {
      ...quiet, radius: isCorner ? 9 : 6, color: this.colour, weight: 3, fill: false, className: `snap-hint snap-hint--${isCorner ? 'corner' : 'edge'}`,
    })];
    const lines = this.describe(path);
    return lines.length > 0 ? [...ring, buildText(toLatLng(this._pointer), lines, 'pointer')] : ring;
  }
}
