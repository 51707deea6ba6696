// Scales, texts and places as people read them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxOf, interiorPoint } from '../../../viewer/static/js/base/geojson.js';
import { beyondScale, roundedDenominator, scaleBarLength, scaleDenominator } from '../../../viewer/static/js/base/ground.js';
import { Wording } from '../../../viewer/static/js/base/wording.js';

const texts = {
  'found_one': '{count} zadetek', 'found_two': '{count} zadetka', 'found_few': '{count} zadetki', 'found_other': '{count} zadetkov', 'hello': 'Dan, {name}',
};
const slovenian = new Wording(texts, 'sl');

test('Slovenian counts one, two, three and five differently', () => {
  const counted = [1, 2, 3, 5, 101].map((count) => slovenian.count('found', count));

  assert.deepEqual(counted, ['1 zadetek', '2 zadetka', '3 zadetki', '5 zadetkov', '101 zadetek']);
});

test('a text that does not exist is an error, not an empty place', () => {
  assert.equal(slovenian.say('hello', { name: 'svet' }), 'Dan, svet');
  assert.throws(() => slovenian.say('missing'), /missing/);
});

test('coordinates are grouped by thin spaces and use the decimal sign of the language', () => {
  assert.equal(slovenian.coordinate(508068.004, 2), '508\u202f068,00');
  assert.equal(new Wording({}, 'en').coordinate(1234567.25, 1), '1\u202f234\u202f567.3');
});

test('one metre per pixel is 1 : 3780 at 96 pixels per inch', () => {
  assert.ok(Math.abs(scaleDenominator(1) - 3779.53) < 0.01);
  assert.equal(roundedDenominator(1), 3800);
});

test('the scale bar is the longest round length that fits', () => {
  assert.deepEqual(scaleBarLength(0.5, 110), { metres: 50, pixels: 100 });
  assert.deepEqual(scaleBarLength(0.1, 100), { metres: 10, pixels: 100 });
});

test('a layer shows at the limits of its range, give or take a hundredth', () => {
  const range = { min: 0.5, max: 2 };

  assert.deepEqual([0.499, 0.5, 2, 2.01].map((each) => beyondScale(range, each)), [null, null, null, null]);
  assert.equal(beyondScale(range, 0.49), 'too near');
  assert.equal(beyondScale(range, 2.03), 'too far');
});

test('a point inside a shape is inside, around a hole as well', () => {
  const ring = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]];
  const hole = [[1, 1], [9, 1], [9, 9], [1, 9], [1, 1]];

  const { lon } = interiorPoint({ type: 'Polygon', coordinates: [ring, hole] });

  assert.ok(lon < 1 || lon > 9);
  assert.deepEqual(boxOf({ coordinates: [ring] }), [0, 0, 10, 10]);
});
