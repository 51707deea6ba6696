// Coordinates as people read and write them: east and north in the portal's CRS, longitude and latitude in
// WGS 84. A portal whose CRS a browser cannot compute has only the second kind.

import { TransverseMercator } from './transverse-mercator.js';

export class Coordinates {
  /** `projection` as in the configuration, or null; `name` is what people call its CRS. */
  constructor(projection) {
    this.srid = projection?.srid ?? null;
    this.name = projection?.name ?? null;
    this.projection = projection ? new TransverseMercator(projection) : null;
  }

  /** {x: east, y: north} in the portal's CRS, or null when we cannot compute it. */
  toNative({ lon, lat }) {
    return this.projection?.project(lon, lat) ?? null;
  }

  /** The corners of a rectangle of the portal's CRS around a point, sizes in metres; null when we cannot compute it. */
  rectangleAround(point, { width, height }) {
    const middle = this.toNative(point);
    if (!middle) return null;
    const corner = (right, up) => this.projection.unproject(middle.x + (right * width) / 2, middle.y + (up * height) / 2);
    return [corner(-1, -1), corner(-1, 1), corner(1, 1), corner(1, -1)];
  }

  /** {lon, lat} of [east, north] in the portal's CRS; for portals whose CRS we can compute. */
  fromNative([x, y]) {
    return this.projection.unproject(x, y);
  }

  /** A point as it is written in addresses: `e,n` to the decimetre, else `lon,lat` to 7 digits. */
  write(point) {
    const native = this.toNative(point);
    if (native) return `${native.x.toFixed(1)},${native.y.toFixed(1)}`;
    return `${point.lon.toFixed(7)},${point.lat.toFixed(7)}`;
  }

  /** The point of `lon,lat` or of `e,n`, told apart by size; null for anything else. */
  read(text) {
    const match = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(text ?? '');
    if (!match) return null;
    const [x, y] = [Number(match[1]), Number(match[2])];
    if (Math.abs(x) <= 180 && Math.abs(y) <= 90) return { lon: x, lat: y };
    return this.projection ? this.projection.unproject(x, y) : null;
  }
}
