// The pure parts of drawing: symbols, hatching, offsets, places of tiles and labels, hits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hatchLines } from '../../../viewer/static/js/map/hatch.js';
import { featuresAt } from '../../../viewer/static/js/map/hit-test.js';
import { placeLabels } from '../../../viewer/static/js/map/label-placement.js';
import { offsetLine } from '../../../viewer/static/js/map/offset-line.js';
import { SymbolBook } from '../../../viewer/static/js/map/symbols.js';
import { LINE, POINT, POLYGON } from '../../../viewer/static/js/map/tile-content.js';
import { describeTile } from '../../../viewer/static/js/map/tile-place.js';

test('a class is found by the longest prefix, and letters keep their case', () => {
  const [s, ss] = ['S', 'SS'].map((value) => ({ value, symbol: { fill: value } }));
  const style = { by: 'use', match: 'prefix', default: { fill: 'none' }, classes: [s, ss] };
  const book = new SymbolBook(style);

  assert.equal(book.find({ use: 'SSe' }), ss.symbol);
  assert.equal(book.find({ use: 'SK' }), s.symbol);
  assert.equal(book.find({ use: 'sse' }), style.default);
  assert.equal(book.find({}), style.default);
  assert.equal(new SymbolBook({ ...style, match: 'exact' }).find({ use: 'SSe' }), style.default);
});

test('features are grouped by their shared symbol in the order of the style', () => {
  const classes = ['b', 'a'].map((value) => ({ value, symbol: { fill: value } }));
  const book = new SymbolBook({ by: 'use', match: 'exact', default: {}, classes });
  const features = ['a', 'b', 'a'].map((use) => ({ properties: { use } }));

  const groups = book.group(features);

  assert.deepEqual(groups.map(([symbol, some]) => [symbol.fill, some.length]), [['b', 1], ['a', 2]]);
});

test('hatching goes on from one tile to the next', () => {
  for (const angle of [45, -45, 30, 0, 90, -17]) {
    const hatch = { angle, spacing: 7, width: 1 };
    const turn = (angle * Math.PI) / 180;
    const phase = ([x, y], origin) => {
      const along = ((x + origin) * Math.sin(turn) + y * Math.cos(turn)) % hatch.spacing;
      return Math.min(Math.abs(along), hatch.spacing - Math.abs(along));
    };
    for (const originX of [0, 256, 1_377_536]) {
      const lines = hatchLines(hatch, { size: 256, originX, originY: 0 });

      assert.ok(lines.length > 256 / hatch.spacing - 2);
      for (const [x1, y1, x2, y2] of lines) {
        assert.ok(phase([x1, y1], originX) < 1e-4 && phase([x2, y2], originX) < 1e-4);
      }
    }
  }
});

test('a positive offset lies to the right of the direction, corners included', () => {
  const east = offsetLine(Float32Array.of(0, 0, 10, 0, 10, 10), 2);

  assert.deepEqual([...east], [0, 2, 8, 2, 8, 10]);
});

test('a needle corner does not shoot out', () => {
  const moved = offsetLine(Float32Array.of(0, 0, 100, 0, 0, 1), 4);

  assert.ok(Math.hypot(moved[2] - 100, moved[3]) < 12);
});

test('a canvas past the deepest tiles shows its part of the tile above', () => {
  const tile = describeTile({ z: 14, x: 4 * 5 + 3, y: 4 * 7 + 1 }, 12, { size: 256, ratio: 2 });

  assert.deepEqual(tile.source, { z: 12, x: 5, y: 7 });
  assert.deepEqual([tile.span, tile.shiftX, tile.shiftY], [1024, -768, -256]);
});

const view = { width: 400, height: 300, metresPerPixel: 0.5, measure: (text, size) => text.length * size * 0.5 };
const label = (over) => ({ key: 'a', x: 100, y: 100, text: '123/4', size: 10, inside: true, widthMetres: 100, rank: 1, ...over });

test('a label is drawn only where it fits into its shape', () => {
  const texts = (widthMetres) => placeLabels([label({ widthMetres })], view).length;

  assert.equal(texts(20), 1);
  assert.equal(texts(13), 0);
  assert.equal(placeLabels([label({ widthMetres: 1, inside: false })], view).length, 1);
});

test('labels do not touch, the higher rank wins, and a feature in two tiles has one label', () => {
  const placed = placeLabels([
    label({ key: 'low', x: 110, rank: 1 }), label({ key: 'high', rank: 2 }), label({ key: 'high', rank: 2 }),
    label({ key: 'far', x: 300 }),
  ], view);

  assert.deepEqual(placed.map(({ key }) => key), ['high', 'far']);
});

const square = { id: 1, kind: POLYGON, box: [0, 0, 100, 100], parts: [
  Float32Array.of(0, 0, 100, 0, 100, 100, 0, 100, 0, 0), Float32Array.of(40, 40, 60, 40, 60, 60, 40, 60, 40, 40),
] };
const line = { id: 2, kind: LINE, box: [0, 0, 100, 0], parts: [Float32Array.of(0, 0, 100, 0)] };
const point = { id: 3, kind: POINT, box: [50, 50, 50, 50], parts: [Float32Array.of(50, 50)] };

test('a hit knows holes, nearness and what was drawn last', () => {
  const ids = (x, y) => featuresAt({ features: [square, line, point] }, x, y, 5).map(({ id }) => id);

  assert.deepEqual(ids(20, 20), [1]);
  assert.deepEqual(ids(50, 50), [3]);
  assert.deepEqual(ids(50, 3), [2, 1]);
  assert.deepEqual(ids(120, 120), []);
});

const pointLabel = (over) => label({ kind: 'point', reach: 4, inside: false, widthMetres: null, ...over });

test('a name stands beside its point, never on it, and on another side where the first is taken', () => {
  const [alone] = placeLabels([pointLabel({})], view);
  const both = placeLabels([pointLabel({}), pointLabel({ key: 'b', x: 122, text: '9' })], view);

  assert.ok(alone.x - 25 / 2 >= 100 + 4);
  assert.equal(alone.y, 100);
  assert.deepEqual(both.map(({ key, x }) => [key, Math.sign(x - (key === 'a' ? 100 : 122))]), [['a', -1], ['b', 1]]);
});

test('a point whose sides are all taken keeps its symbol and has no name', () => {
  const around = [[30, 0], [-30, 0], [0, -14], [0, 14]].map(([right, down], place) => pointLabel({
    key: `n${place}`, x: 100 + right, y: 100 + down, reach: 12, rank: 0, text: '',
  }));

  assert.ok(!placeLabels([pointLabel({}), ...around], view).some(({ key }) => key === 'a'));
});

test('a street in many pieces is named once within a glance, two streets and two layers each', () => {
  const piece = (over) => label({ kind: 'line', inside: false, text: 'Rue Foch', layer: 'streets', ...over });
  const placed = placeLabels([
    piece({}), piece({ key: 'b', x: 200 }), piece({ key: 'c', y: 200, text: 'Rue Barre' }), piece({ key: 'd', y: 250, layer: 'paths' }),
    piece({ key: 'e', x: 390, y: 20 }),
  ], view);

  assert.deepEqual(placed.map(({ key }) => key), ['a', 'c', 'd', 'e']);
});
