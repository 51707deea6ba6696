// Which classes are in sight, and how a tile of a WMTS is addressed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valuesInSight } from '../../../viewer/static/js/map/legend-view.js';
import { SymbolBook } from '../../../viewer/static/js/map/symbols.js';
import { wmtsAddress } from '../../../viewer/static/js/map/wmts.js';

const style = {
  by: 'use', match: 'prefix', default: { fill: '#cccccc' },
  classes: [{ value: 'S', symbol: { fill: '#f6c9a0' } }, { value: 'SS', symbol: { fill: '#f6c9a1' } }, { value: 'G', symbol: { fill: '#00aa00' } }],
};

const feature = (use, ...box) => ({ properties: use === null ? {} : { use }, box });
const tileAt = (originX, originY, ...features) => ({
  tile: { originX, originY, span: 256, shiftX: 0, shiftY: 0 },
  content: { find: (id) => (id === 'zoning' ? { extent: 4096, features } : null) },
});

test('classes in the window are found in every tile, and those beside it are not', () => {
  const tiles = [
    tileAt(0, 0, feature('SSe', 0, 0, 100, 100), feature('G', 3000, 3000, 3100, 3100)),
    tileAt(256, 0, feature(null, 0, 0, 50, 50), feature('S', 4000, 0, 4096, 50)),
  ];

  const seen = valuesInSight('zoning', new SymbolBook(style), tiles, { corner: { x: 0, y: 0 }, size: { x: 300, y: 100 } });

  assert.deepEqual(seen, new Set(['SS', null]));
});

test('a layer that is in no tile has no classes in sight', () => {
  const window = { corner: { x: 0, y: 0 }, size: { x: 300, y: 100 } };

  assert.equal(valuesInSight('roads', new SymbolBook(style), [tileAt(0, 0)], window).size, 0);
});

const wmts = { url: 'https://maps.example.si/wmts', layers: 'dof 25', format: 'image/jpeg', matrixSet: 'EPSG:3794', matrix: 'EPSG:3794:{z}', style: 'default' };

test('a WMTS is asked by key and value, with places for zoom, row and column', () => {
  assert.equal(
    wmtsAddress(wmts),
    'https://maps.example.si/wmts?service=WMTS&request=GetTile&version=1.0.0&layer=dof%2025&style=default'
      + '&tilematrixset=EPSG%3A3794&tilematrix=EPSG%3A3794%3A{z}&tilerow={y}&tilecol={x}&format=image%2Fjpeg',
  );
  assert.match(wmtsAddress({ ...wmts, url: 'https://maps.example.si/ows?map=a' }), /map=a&service=WMTS/);
});

test('a WMTS with a template of its own is asked by it', () => {
  const url = 'https://maps.example.si/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.jpg';

  assert.equal(wmtsAddress({ ...wmts, url }), 'https://maps.example.si/default/EPSG:3794/EPSG:3794:{z}/{y}/{x}.jpg');
});
