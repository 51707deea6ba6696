// What /parcels/select is asked: by names, a list, a point, a drawn shape, what lies around. Answers are GeoJSON
// (docs/guides/data-for-programs.md).

import { withLongParameters } from '../../base/configuration.js';
import { writeParcelNames } from '../../base/parcel-names.js';
import { fetchJson } from '../../base/requests.js';

export const MOST_METRES = 500;

export class Questions {
  constructor({ address, coordinates, language }) {
    Object.assign(this, { address, coordinates, language });
  }

  byNames(names) {
    return this._ask({ parcels: writeParcelNames(names) });
  }

  /** `lines` as people paste them, in any notation. */
  byList(lines) {
    return this._ask({ list: lines.join('|') });
  }

  byPoint(point) {
    return this.byShape({ kind: 'point', corners: [point], metres: null });
  }

  /** `metres` more on each side, or null. */
  byShape({ kind, corners, metres }) {
    const written = corners.map((corner) => this._write(corner)).join(',');
    const text = { point: `POINT(${written})`, line: `LINESTRING(${written})`, area: `POLYGON((${written}))` }[kind];
    return this._ask({ geometry: text, crs: this.coordinates.srid ? null : '4326', distance: metres });
  }

  neighboursOf(names) {
    return this._ask({ parcels: writeParcelNames(names), neighbours: 'true' });
  }

  near(names, metres) {
    return this._ask({ parcels: writeParcelNames(names), distance: metres });
  }

  _write(point) {
    const native = this.coordinates.toNative(point);
    return native ? `${native.x.toFixed(2)} ${native.y.toFixed(2)}` : `${point.lon.toFixed(7)} ${point.lat.toFixed(7)}`;
  }

  _ask(parameters) {
    return fetchJson(withLongParameters(this.address, { ...parameters, lang: this.language }));
  }
}
