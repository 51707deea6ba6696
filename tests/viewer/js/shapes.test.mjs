// What somebody draws: measures, links, files and typed coordinates, without a page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Coordinates } from '../../../viewer/static/js/base/coordinates.js';
import { areaOf, crossesItself, lengthOf, stretchLengths } from '../../../viewer/static/js/base/plane.js';
import { MOST_POINTS, reachAround, tidyShape, tidyText } from '../../../viewer/static/js/base/shapes.js';
import { parsePoints, writePoints } from '../../../viewer/static/js/base/typed-points.js';
import { nearestBorder, pickBorder } from '../../../viewer/static/js/map/snapping.js';
import { FileProblem, readFile, writeFile } from '../../../viewer/static/js/state/shape-file.js';
import { readShape, writeShape } from '../../../viewer/static/js/state/shape-link.js';

globalThis.CustomEvent ??= class extends Event {
  constructor(name, { detail }) {
    super(name);
    this.detail = detail;
  }
};
const { Shapes } = await import('../../../viewer/static/js/state/shapes.js');

const PROJECTION = { srid: 3794, name: 'D96/TM', lat0: 0, lon0: 15, k: 0.9999, x0: 500000, y0: -5000000, a: 6378137, rf: 298.257222101 };
const coordinates = new Coordinates(PROJECTION);
const isInReach = reachAround([15.68, 46.39, 15.77, 46.45], coordinates);
const square = [[555000, 142000], [555100, 142000], [555100, 142100], [555000, 142100]];
const shape = (kind, points, more = {}) => ({ kind, points, colour: 0, text: '', ...more });

test('lengths and areas are those of the plane', () => {
  assert.equal(lengthOf(square), 300);
  assert.equal(lengthOf(square, true), 400);
  assert.equal(areaOf(square), 10_000);
  assert.equal(areaOf([...square].reverse()), 10_000);
  assert.deepEqual(stretchLengths([[0, 0], [3, 4], [3, 5]]), [5, 1]);
});

test('a ring that crosses or touches itself is told from one that does not', () => {
  assert.equal(crossesItself(square), false);
  assert.equal(crossesItself([square[0], square[2], square[1], square[3]]), true);
  assert.equal(crossesItself([[0, 0], [10, 0], [10, 10], [5, 0], [0, 10]]), true);
});

test('a shape comes back from a link to the centimetre, its text whatever it holds', () => {
  for (const text of ['', 'Vrt', '~draw=p0&a=b#;,.%41', '<script>alert(1)</script>', 'čšž 🌳']) {
    const drawn = shape('area', [[555000.01, 142000.99], [555100.5, 142000], [555050.25, 142077.77]], { colour: 3, text });

    assert.deepEqual(readShape(writeShape(drawn), isInReach), drawn);
  }
});

test('the example of docs/permalink.md means what is said there', () => {
  const { kind, points, text } = readShape('l0x1k2o.8gcsg.2s0.-1e~Pot', isInReach);

  assert.deepEqual([kind, points, text], ['line', [[555000, 142000], [555036, 141999.5]], 'Pot']);
});

test('what is no drawing, or lies elsewhere, is left out of a link', () => {
  const wrong = ['', 'x0', 'p0', 'p', 'a0u8.1', 'l0u8yl0.83lfm', 'p0zzzzzzz.zzzzzzz', 'p0NaN.1', 'p01e9.1', 'p0-.-', 'p0..', 'p0u8yl0.83lfm.1'];

  assert.deepEqual(wrong.map((code) => readShape(code, isInReach)), wrong.map(() => null));
});

test('an unknown colour becomes the first', () => {
  const code = writeShape(shape('point', [[555000, 142000]])).replace('p0', 'p9');

  assert.equal(readShape(code, isInReach).colour, 0);
});

test('points that repeat count once, a closing point not at all', () => {
  const closed = tidyShape(shape('area', [...square, square[0]]), isInReach);

  assert.deepEqual(closed.points, square);
  assert.equal(tidyShape(shape('line', [square[0], [555000.001, 142000]]), isInReach).fault, 'too_few');
  assert.equal(tidyShape(shape('point', square), isInReach).fault, 'too_many');
  assert.equal(tidyShape(shape('point', [[142000, 555000]]), isInReach).fault, 'outside');
  const many = Array.from({ length: MOST_POINTS + 1 }, (_, index) => [555000 + index, 142000]);
  assert.equal(tidyShape(shape('line', many), isInReach).fault, 'too_many');
});

test('texts lose what cannot be seen or turns the writing round, and their end', () => {
  assert.equal(tidyText('  vrt\n\u202Eza\u0000 hišo\u200b '), 'vrt za hišo');
  assert.equal(tidyText('🌳'.repeat(200)).length, 160);
});

test('a file holds the shapes to the centimetre, with look and measures', () => {
  const drawn = [
    shape('point', [[555000.11, 142000.22]], { text: 'Točka', colour: 1 }),
    shape('line', square.slice(0, 3), { colour: 5 }), shape('area', square, { text: 'Vrt' }),
  ];

  const text = writeFile(drawn, coordinates);
  const { features } = JSON.parse(text);

  assert.deepEqual(readFile(text, coordinates, isInReach), drawn);
  assert.equal(features[1].properties.length_m, 200);
  assert.deepEqual([features[2].properties.area_m2, features[2].properties.perimeter_m], [10_000, 400]);
  assert.deepEqual(features[2].geometry.coordinates[0][0], features[2].geometry.coordinates[0].at(-1));
});

const feature = (geometry, properties = null) => ({ type: 'Feature', geometry, properties });
const collection = (...features) => ({ type: 'FeatureCollection', features });
const pointAt = (position) => feature({ type: 'Point', coordinates: position });

for (const [content, key] of [
  ['{', 'not_json'], [null, 'not_a_collection'], [{ type: 'Feature' }, 'not_a_collection'],
  [{ type: 'FeatureCollection', features: {} }, 'not_a_collection'], [collection(), 'empty'],
  [{ ...collection(pointAt([15.7, 46.4])), crs: { properties: { name: 'urn:ogc:def:crs:EPSG::3794' } } }, 'other_crs'],
  [collection(...Array(201).fill(pointAt([15.7, 46.4]))), 'too_many_shapes'],
  [collection(null), 'other_geometry'], [collection(feature(null)), 'other_geometry'],
  [collection(feature({ type: 'toString', coordinates: [] })), 'other_geometry'],
  [collection(feature({ type: 'MultiPoint', coordinates: [[15.7, 46.4]] })), 'other_geometry'],
  [collection(feature({ type: 'Polygon', coordinates: [] })), 'holes'],
  [collection(feature({ type: 'Polygon' })), 'holes'],
  [collection(feature({ type: 'Polygon', coordinates: [[], []] })), 'holes'],
  [collection(feature({ type: 'LineString' })), 'not_positions'],
  [collection(pointAt(['15.7', 46.4])), 'not_positions'], [collection(pointAt([15.7])), 'not_positions'],
  [collection(pointAt([555000, 142000])), 'not_positions'],
  [collection(pointAt([46.4, 15.7])), 'shape_outside'],
  [collection(feature({ type: 'LineString', coordinates: [[15.7, 46.4], [15.7, 46.4]] })), 'shape_too_few'],
]) {
  test(`a file is refused: ${key} ${JSON.stringify(content).slice(0, 70)}`, () => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);

    assert.throws(() => readFile(text, coordinates, isInReach), (problem) => problem instanceof FileProblem && problem.key === key);
  });
}

test('a colour from elsewhere becomes the nearest of the palette', () => {
  const coloured = (properties) => readFile(JSON.stringify(collection(feature({ type: 'Point', coordinates: [15.7, 46.4] }, properties))), coordinates, isInReach)[0].colour;

  assert.equal(coloured({ 'marker-color': '#000' }), 5);
  assert.equal(coloured({ stroke: '#00ff00' }), 2);
  assert.equal(coloured({ stroke: 'url(javascript:alert(1))' }), 0);
});

test('points are read as people write them', () => {
  const expected = [[555000.5, 142000.25], [555010, 142001]];

  for (const written of [
    '555000.5, 142000.25\n555010,142001', '555000.5 142000.25\n\n555010\t142001\n', '555000,5 142000,25\n555010; 142001',
    'e 555 000,5  n 142 000,25\ne=555010 n=142001'.replaceAll('555 000', '555\u202f000').replaceAll('142 000', '142\u202f000'),
  ]) assert.deepEqual(parsePoints(written).points, expected);
  assert.deepEqual(parsePoints(writePoints(expected)).points, expected);
  assert.equal(parsePoints('555000, 142000\nhere').line, 2);
  assert.equal(parsePoints('555000, 142000, 300').line, 1);
});

test('each change has its way back, and a link is where it begins', () => {
  const shapes = new Shapes();
  shapes.begin([shape('point', [[1, 2]])]);
  const id = shapes.add([shape('line', square), shape('area', square)]);
  shapes.replace(id, { text: 'Vrt' });
  shapes.remove(id);
  shapes.clear();

  assert.equal(shapes.all.length, 0);
  shapes.undo();
  assert.equal(shapes.all.length, 2);
  shapes.undo();
  assert.equal(shapes.find(id).text, 'Vrt');
  shapes.undo();
  shapes.undo();
  shapes.undo();
  assert.equal(shapes.all.length, 1);
  assert.equal(shapes.canUndo, false);
});

test('no more drawings than there is room for, and none of a file that does not fit', () => {
  const shapes = new Shapes();
  shapes.begin(Array(199).fill(shape('point', [[1, 2]])));

  assert.equal(shapes.add([shape('point', [[1, 2]]), shape('point', [[1, 2]])]), null);
  assert.equal(shapes.all.length, 199);
});

const tile = { span: 256, shiftX: 0, shiftY: 0 };
const parcel = { box: [-64, 0, 1000, 2000], parts: [[-64, 0, 1000, 0, 1000, 2000, -64, 2000, -64, 0]] };
const found = { extent: 4096, features: [parcel] };

test('a corner is taken before an edge, both within reach', () => {
  assert.deepEqual({ ...nearestBorder(found, tile, [65, 2], 12), distance: 0 }, { x: 62.5, y: 0, distance: 0, isCorner: true });
  assert.deepEqual({ ...nearestBorder(found, tile, [30, 5], 12), distance: 0 }, { x: 30, y: 0, distance: 0, isCorner: false });
  assert.equal(nearestBorder(found, tile, [30, 40], 12), null);
});

test('what a tile cut at its edge is no corner', () => {
  assert.equal(nearestBorder(found, tile, [-4, 125], 3), null);
  assert.equal(nearestBorder(found, tile, [2, 60], 12), null);
});

test('of several tiles the nearest corner counts', () => {
  const [edge, far, near] = [{ distance: 1, isCorner: false }, { distance: 9, isCorner: true }, { distance: 5, isCorner: true }];

  assert.equal(pickBorder([edge, null, far, near]), near);
  assert.equal(pickBorder([null, edge]), edge);
  assert.equal(pickBorder([null]), null);
});
