// Transverse Mercator by Krüger's series to the fourth order in n (EPSG Guidance Note 7-2, method 9807, JHS
// formulas): better than a millimetre within 10° of the central meridian. Degrees outside, radians inside.

const DEGREE = Math.PI / 180;

export class TransverseMercator {
  /** `parameters` as in the page's configuration: lat0, lon0 (degrees), k, x0, y0 (metres), a, rf. */
  constructor({ lat0, lon0, k, x0, y0, a, rf }) {
    const f = 1 / rf;
    const n = f / (2 - f);
    const [n2, n3, n4] = [n ** 2, n ** 3, n ** 4];
    this._e = Math.sqrt(f * (2 - f));
    this._lon0 = lon0 * DEGREE;
    this._x0 = x0;
    this._radius = (k * a / (1 + n)) * (1 + n2 / 4 + n4 / 64);
    this._forward = [
      n / 2 - (2 / 3) * n2 + (5 / 16) * n3 + (41 / 180) * n4,
      (13 / 48) * n2 - (3 / 5) * n3 + (557 / 1440) * n4,
      (61 / 240) * n3 - (103 / 140) * n4,
      (49561 / 161280) * n4,
    ];
    this._backward = [
      n / 2 - (2 / 3) * n2 + (37 / 96) * n3 - n4 / 360,
      n2 / 48 + n3 / 15 - (437 / 1440) * n4,
      (17 / 480) * n3 - (37 / 840) * n4,
      (4397 / 161280) * n4,
    ];
    this._k = k;
    this._y0 = 0;
    this._y0 = y0 - this.project(lon0, lat0).y;
  }

  /** East and north in metres of a longitude and latitude in degrees. */
  project(lon, lat) {
    const { xi, eta } = this._toSphere(lon, lat);
    let [x, y] = [eta, xi];
    this._forward.forEach((h, index) => {
      const twice = 2 * (index + 1);
      y += h * Math.sin(twice * xi) * Math.cosh(twice * eta);
      x += h * Math.cos(twice * xi) * Math.sinh(twice * eta);
    });
    return { x: this._x0 + this._radius * x, y: this._y0 + this._radius * y };
  }

  /** Longitude and latitude in degrees of east and north in metres. */
  unproject(x, y) {
    const xi = (y - this._y0) / this._radius;
    const eta = (x - this._x0) / this._radius;
    let [flatXi, flatEta] = [xi, eta];
    this._backward.forEach((h, index) => {
      const twice = 2 * (index + 1);
      flatXi -= h * Math.sin(twice * xi) * Math.cosh(twice * eta);
      flatEta -= h * Math.cos(twice * xi) * Math.sinh(twice * eta);
    });
    const conformal = Math.asin(Math.sin(flatXi) / Math.cosh(flatEta));
    const lon = this._lon0 + Math.atan2(Math.sinh(flatEta), Math.cos(flatXi));
    return { lon: lon / DEGREE, lat: this._latitude(conformal) / DEGREE };
  }

  /** Metres of the projection for one metre on the ground, by the distance from the central meridian. */
  pointScale(lon, lat) {
    const b = Math.cos(lat * DEGREE) * Math.sin(lon * DEGREE - this._lon0);
    return this._k / Math.sqrt(1 - b * b);
  }

  _toSphere(lon, lat) {
    const sine = Math.sin(lat * DEGREE);
    const q = Math.atanh(sine) - this._e * Math.atanh(this._e * sine);
    const away = lon * DEGREE - this._lon0;
    const eta = Math.atanh(Math.sin(away) / Math.cosh(q));
    return { xi: Math.atan2(Math.sinh(q), Math.cos(away)), eta };
  }

  /** The ellipsoid's latitude for a conformal one, by iteration. */
  _latitude(conformal) {
    const q = Math.atanh(Math.sin(conformal));
    let latitude = conformal;
    for (let round = 0; round < 6; round += 1) {
      latitude = Math.asin(Math.tanh(q + this._e * Math.atanh(this._e * Math.sin(latitude))));
    }
    return latitude;
  }
}
