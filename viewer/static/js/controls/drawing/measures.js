// What a shape measures, in words: grid lengths and areas in the portal's CRS.

import { areaOf, crossesItself, lengthOf } from '../../base/plane.js';

const HECTARE = 10_000;
const SQUARE_KILOMETRE = 1_000_000;
const LONG_METRES = 10_000;

export class Measures {
  constructor({ wording, coordinates }) {
    Object.assign(this, { wording, coordinates });
  }

  /** A length to the centimetre; very long ones in kilometres to the metre. */
  length(metres) {
    if (metres >= LONG_METRES) return `${this.wording.number(metres / 1000, 3)}\u00a0km`;
    return `${this.wording.number(metres, 2)}\u00a0m`;
  }

  /** An area in square metres, larger ones in hectares or square kilometres too. */
  area(squareMetres) {
    const { wording } = this;
    if (squareMetres < HECTARE) return `${wording.number(squareMetres, 1)}\u00a0m²`;
    const larger = squareMetres < SQUARE_KILOMETRE
      ? `${wording.number(squareMetres / HECTARE, 2)}\u00a0ha` : `${wording.number(squareMetres / SQUARE_KILOMETRE, 3)}\u00a0km²`;
    return `${wording.number(squareMetres)}\u00a0m² (${larger})`;
  }

  place([x, y]) {
    return `e\u00a0${this.wording.coordinate(x, 2)}  n\u00a0${this.wording.coordinate(y, 2)}`;
  }

  /** The one measure that matters most: where a point is, how long a line, how large an area. */
  main({ kind, points }) {
    if (kind === 'point') return this.place(points[0]);
    return kind === 'line' ? this.length(lengthOf(points)) : this.area(areaOf(points));
  }

  /** The perimeter of an area, or why it has none to speak of; null for others. */
  second({ kind, points }) {
    if (kind !== 'area') return null;
    if (crossesItself(points)) return this.wording.say('drawing.crosses');
    return this.wording.say('drawing.perimeter', { length: this.length(lengthOf(points, true)) });
  }

  /** The lines that stand on the map beside a finished shape. */
  label(shape) {
    const measure = shape.kind === 'point' ? [] : [this.main(shape)];
    return shape.text ? [shape.text, ...measure] : measure;
  }

  /** What goes with the pointer while a shape is drawn: so far, and the last stretch. */
  live(kind, points) {
    if (kind === 'point' || points.length < 2) return [];
    const last = this.length(lengthOf(points.slice(-2)));
    if (kind === 'area' && points.length > 2) return [this.area(areaOf(points)), this.second({ kind, points })];
    return points.length === 2 ? [last] : [this.length(lengthOf(points)), this.wording.say('drawing.last_stretch', { length: last })];
  }

  /** One sentence on what these lengths are, for the place [east, north]. */
  explain([x, y]) {
    const { lon, lat } = this.coordinates.fromNative([x, y]);
    const scale = this.coordinates.projection.pointScale(lon, lat);
    return this.wording.say('drawing.plane', {
      crs: this.coordinates.name, scale: this.wording.number(scale, 6), metres: this.wording.number(scale * 1000, 2),
    });
  }
}
