// Links: what is written is read back, and what is wrong in an old or broken link is left out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Coordinates } from '../../../viewer/static/js/base/coordinates.js';
import { readLink, writeLink } from '../../../viewer/static/js/state/permalink.js';
import { ViewerState } from '../../../viewer/static/js/state/viewer-state.js';

// Browsers have it; Node has it from 19 on, and Debian 12 ships 18.
globalThis.CustomEvent ??= class extends Event {
  constructor(name, { detail }) {
    super(name);
    this.detail = detail;
  }
};

const PROJECTION = { srid: 3794, name: 'D96/TM', lat0: 0, lon0: 15, k: 0.9999, x0: 500000, y0: -5000000, a: 6378137, rf: 298.257222101 };
const configuration = {
  themes: [
    { id: 'cadastre', layers: ['zoning', 'parcels'], hidden: [] },
    { id: 'planning', layers: ['parcels', 'zoning'], hidden: ['parcels'] },
  ],
  layers: { parcels: { role: 'parcels', isCadastre: true, style: { label: { shown: true } } }, zoning: { style: { label: { shown: false } } } },
  grids: [{ id: 'SI-D96' }, { id: 'WebMercatorQuad' }],
  baseMaps: [{ id: 'orthophoto', grid: 'WebMercatorQuad' }],
};
const coordinates = new Coordinates(PROJECTION);
const degrees = new Coordinates(null);

function stateOf(query, using = coordinates) {
  const state = new ViewerState(configuration);
  Object.assign(state, readLink(query, configuration, using));
  return state;
}

test('a full link is written again as it was read', () => {
  const link = '?lang=en&theme=planning&at=508000.0,136000.0&mpp=0.5&on=parcels&off=zoning'
    + '&labels=zoning&nolabels=parcels&order=zoning,parcels&opacity=zoning:0.6'
    + '&select=parcels:9001-123/4&point=508001.5,136002.5&parcels=9001:123/4,*5;9002:7&grid=WebMercatorQuad&base=orthophoto';

  assert.equal(writeLink(stateOf(link), coordinates, link), link);
});

test('the page without parameters is the first theme in the own grid', () => {
  const state = stateOf('');

  assert.equal(state.theme.id, 'cadastre');
  assert.equal(state.gridId, 'SI-D96');
  assert.equal(writeLink(state, coordinates, ''), '?theme=cadastre');
});

test('places may be given in degrees too, and are all that a portal without a computable CRS has', () => {
  const state = stateOf('?at=15.1039678,46.3636590&mpp=2', degrees);

  assert.deepEqual(state.view, { lon: 15.1039678, lat: 46.363659, mpp: 2 });
  assert.match(writeLink(state, degrees, ''), /at=15\.1039678,46\.3636590&mpp=2/);
  assert.equal(stateOf('?at=508000,136000', degrees).view, null);
});

test('what is malformed or unknown is left out', () => {
  const state = stateOf('?theme=gone&at=here&mpp=-1&on=gone,parcels&opacity=parcels:7,zoning:0.2&select=gone:1&grid=x&base=y');

  assert.equal(state.theme.id, 'cadastre');
  assert.equal(state.view, null);
  assert.deepEqual([...state.switched], [['parcels', true]]);
  assert.deepEqual([...state.opacities], [['zoning', 0.2]]);
  assert.equal(state.selection, null);
  assert.equal(state.gridId, 'SI-D96');
});

test('drawings travel as they are, whatever they hold', () => {
  const link = '?theme=cadastre&draw=l0x1k2o.8gcsg.2s0.-1e~Pot%20%26%20%3Cb%3E&draw=p0x1k2o.8gcsg';

  assert.deepEqual(stateOf(link).drawings, ['l0x1k2o.8gcsg.2s0.-1e~Pot & <b>', 'p0x1k2o.8gcsg']);
  assert.equal(writeLink(stateOf(link), coordinates, ''), link);
});

test('"back" leaves what was drawn', () => {
  const state = stateOf('?draw=p0x1k2o.8gcsg');

  state.restore(readLink('?theme=planning', configuration, coordinates));

  assert.deepEqual([state.theme.id, state.drawings], ['planning', ['p0x1k2o.8gcsg']]);
});

test('a base map brings the grid it needs', () => {
  assert.equal(stateOf('?base=orthophoto&grid=SI-D96').gridId, 'WebMercatorQuad');
});

test('a key with signs of its own survives', () => {
  const state = stateOf('');
  state.selection = { layer: 'parcels', id: '9001-*45/1 & č', point: null };

  const link = writeLink(state, coordinates, '');

  assert.equal(stateOf(link).selection.id, '9001-*45/1 & č');
});

test('choosing another theme forgets which layers were switched, but not how see-through they are', () => {
  const state = stateOf('?off=parcels&opacity=parcels:0.5');

  state.chooseTheme('planning');

  assert.deepEqual(state.layerStates(), [
    { id: 'parcels', visible: false, opacity: 0.5, labelled: true }, { id: 'zoning', visible: true, opacity: 1, labelled: false },
  ]);
});

test('layers that a link orders change places, and those it does not know stay where the theme has them', () => {
  const state = new ViewerState({ ...configuration, themes: [{ id: 'all', layers: ['a', 'b', 'c', 'd'], hidden: [] }] });

  state.order = ['d', 'gone', 'a'];

  assert.deepEqual(state.layersInOrder(), ['d', 'b', 'c', 'a']);
});

test('a layer moves one place at a time, and what the theme starts with is not written', () => {
  const state = stateOf('');

  state.moveLayer('zoning', 1);
  const moved = writeLink(state, coordinates, '');
  state.moveLayer('zoning', 1);
  state.moveLayer('zoning', -1);

  assert.equal(moved, '?theme=cadastre&order=parcels,zoning');
  assert.equal(writeLink(state, coordinates, ''), '?theme=cadastre');
});

test('labels are switched per layer', () => {
  const state = stateOf('');

  state.switchLabels('zoning', true);
  state.switchLabels('parcels', false);
  const both = writeLink(state, coordinates, '');
  state.switchLabels('parcels', true);

  assert.equal(both, '?theme=cadastre&labels=zoning&nolabels=parcels');
  assert.equal(writeLink(state, coordinates, ''), '?theme=cadastre&labels=zoning');
});

test('a selection of parcels that is empty is the tool, none is without it', () => {
  assert.deepEqual(stateOf('?parcels=').parcels, []);
  assert.equal(stateOf('').parcels, null);
  assert.equal(writeLink(stateOf('?parcels='), coordinates, ''), '?theme=cadastre&parcels=');
});

test('a portal without parcels leaves their names out', () => {
  const without = { ...configuration, layers: { zoning: {} } };

  assert.equal('parcels' in readLink('?parcels=9001:1', without, coordinates), false);
});

test('selecting parcels puts the answer aside, in one step', () => {
  const state = stateOf('?select=parcels:9001-1&point=508000,136000');
  const steps = [];
  state.on('changed', ({ step }) => steps.push(step));

  state.chooseParcels([{ ko: '9001', number: '1' }]);

  assert.deepEqual(steps, [true]);
  assert.equal(writeLink(state, coordinates, ''), '?theme=cadastre&parcels=9001:1');
});
