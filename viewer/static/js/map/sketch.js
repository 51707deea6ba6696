// A line or an area that somebody draws corner by corner: by click or tap, or by Return for the middle of the map.
// A double click, a click on the first corner of an area, or Return twice at one place finishes it.

import { circleMarker, featureGroup, latLng, polygon, polyline } from 'leaflet';
import { Emitter, oncePerFrame } from '../base/events.js';
import { holdDoubleClick } from './double-click.js';

const COLOUR = '#0b5563';
const CASING = '#ffffff';
const PANE = 'selection';
const SAME_PIXELS = 4;
const CLOSING_PIXELS = 14;
/** As many as the server reads (layers/selecting/drawn.py). */
export const MOST_CORNERS = 250;

/** Events: `changed` (corners), `finished`, `cancelled`, `full` (there are as many corners as may be). */
export class Sketch extends Emitter {
  /** `kind` is 'line' or 'area'. */
  constructor(kind) {
    super();
    this.kind = kind;
    /** [{lon, lat}] */
    this.corners = [];
    this._pointer = null;
    this._leave = () => {};
  }

  get isComplete() {
    return this.corners.length >= (this.kind === 'area' ? 3 : 2);
  }

  /** Called by MapView when the sketch gets the clicks, again when the map was made anew. */
  attach(map, container) {
    this._map = map;
    const letDoubleClick = holdDoubleClick(map);
    container.classList.add('is-sketching');
    const heard = {
      click: ({ latlng }) => this._click(latlng),
      dblclick: () => this._finish(),
      mousemove: oncePerFrame(({ latlng }) => this._point(latlng)),
      mouseout: () => this._point(null),
    };
    const press = (event) => this._press(event);
    map.on(heard);
    container.addEventListener('keydown', press, { capture: true });
    this._leave = () => {
      map.off(heard);
      container.removeEventListener('keydown', press, { capture: true });
      container.classList.remove('is-sketching');
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

  setCorners(corners) {
    this.corners = corners.slice(0, MOST_CORNERS);
    this._change();
  }

  removeLast() {
    this.setCorners(this.corners.slice(0, -1));
  }

  _click(at) {
    const [first] = this.corners;
    if (this.kind === 'area' && this.isComplete && this._pixelsTo(first, at) <= CLOSING_PIXELS) this._finish();
    else if (!this._isAtLast(at)) this._add(at);
  }

  _press(event) {
    const act = { Enter: () => this._addMiddle(), Backspace: () => this.removeLast(), Escape: () => this.emit('cancelled') }[event.key];
    if (!act || event.target !== event.currentTarget) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  _addMiddle() {
    const middle = this._map.getCenter();
    if (this._isAtLast(middle)) this._finish();
    else this._add(middle);
  }

  _add({ lng: lon, lat }) {
    if (this.corners.length >= MOST_CORNERS) {
      this.emit('full');
      return;
    }
    this.corners = [...this.corners, { lon, lat }];
    this._change();
  }

  _finish() {
    if (this.isComplete) this.emit('finished');
  }

  _isAtLast(at) {
    const last = this.corners.at(-1);
    return last !== undefined && this._pixelsTo(last, at) <= SAME_PIXELS;
  }

  _pixelsTo(corner, at) {
    return this._map.latLngToLayerPoint(toLatLng(corner)).distanceTo(this._map.latLngToLayerPoint(at));
  }

  _point(at) {
    if (!this._map) return;
    this._pointer = at;
    this._draw();
  }

  _change() {
    this._draw();
    this.emit('changed', this.corners);
  }

  _draw() {
    this._shown?.remove();
    if (!this._map) return;
    const fixed = this.corners.map(toLatLng);
    const path = this._pointer && fixed.length > 0 ? [...fixed, this._pointer] : fixed;
    const quiet = { pane: PANE, interactive: false };
    const shape = this.kind === 'area' && path.length > 2 ? polygon : polyline;
    this._shown = featureGroup([
      shape(path, { ...quiet, color: CASING, weight: 6, fill: false }),
      shape(path, { ...quiet, color: COLOUR, weight: 2.5, fill: shape === polygon, fillOpacity: 0.12, dashArray: '7 4' }),
      ...fixed.map((at) => circleMarker(at, { ...quiet, radius: 5, color: COLOUR, weight: 2, fillColor: CASING, fillOpacity: 1 })),
    ]).addTo(this._map);
  }
}

function toLatLng({ lon, lat }) {
  return latLng(lat, lon);
}
