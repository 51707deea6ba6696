// The projection against points that pyproj computed (EPSG:4326 to EPSG:3794), and against itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransverseMercator } from '../../../viewer/static/js/base/transverse-mercator.js';

const D96 = new TransverseMercator({ lat0: 0, lon0: 15, k: 0.9999, x0: 500000, y0: -5000000, a: 6378137, rf: 298.257222101 });
const MILLIMETRE = 0.001;

test('official tie points and the corners of the country come out right', () => {
  const known = [
    [15.3015019823, 46.5375852874, 523125.803, 155370.642],
    [13.4, 45.45, 374849.2090, 35697.6116],
    [16.6, 46.85, 622016.5422, 191295.6430],
  ];
  for (const [lon, lat, e, n] of known) {
    const { x, y } = D96.project(lon, lat);
    assert.ok(Math.abs(x - e) < MILLIMETRE, `e ${x} is not ${e}`);
    assert.ok(Math.abs(y - n) < MILLIMETRE, `n ${y} is not ${n}`);
  }
});

test('a point there and back moves by less than a tenth of a millimetre', () => {
  for (let lon = 13.3; lon < 16.7; lon += 0.31) {
    for (let lat = 45.4; lat < 46.9; lat += 0.17) {
      const { x, y } = D96.project(lon, lat);
      const back = D96.unproject(x, y);
      assert.ok(Math.abs(back.lon - lon) < 1e-9 && Math.abs(back.lat - lat) < 1e-9);
    }
  }
});

test('on the central meridian the scale is that of the register', () => {
  assert.equal(D96.pointScale(15, 46), 0.9999);
  assert.ok(D96.pointScale(16.6, 46) > 1);
});
