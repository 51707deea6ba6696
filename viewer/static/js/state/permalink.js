// The grammar of links, version 1 (docs/permalink.md). It names places, scales and layers by their own names
// and knows nothing of zoom levels, so a link outlives the grid and the map engine.

import { readParcelNames, writeParcelNames } from '../base/parcel-names.js';

const MAX_NAMES = 100;
const MAX_DRAWINGS = 200;

/** The query of a link that shows this state; `language` stays as it was in `current`. */
export function writeLink(state, coordinates, current) {
  const parts = [];
  const language = new URLSearchParams(current).get('lang');
  if (language) parts.push(`lang=${encode(language)}`);
  parts.push(`theme=${encode(state.theme.id)}`);
  if (state.view) parts.push(`at=${coordinates.write(state.view)}`, `mpp=${trim(state.view.mpp)}`);
  parts.push(
    ...writeLayers(state), ...writeSelection(state.selection, coordinates), ...writeParcels(state.parcels),
    ...writeGround(state), ...writeDrawings(state.drawings),
  );
  return `?${parts.join('&')}`;
}

/**
 * What a query says, as members of ViewerState. Parameters that are missing, malformed or name something
 * this portal does not have are left out: an old link shows what it can.
 */
export function readLink(query, configuration, coordinates) {
  const parameters = new URLSearchParams(query);
  const read = {};
  const theme = configuration.themes.find((each) => each.id === parameters.get('theme'));
  if (theme) read.theme = theme;
  const at = coordinates.read(parameters.get('at'));
  if (at) read.view = { ...at, mpp: readNumber(parameters.get('mpp'), 0.01, 100_000) };
  read.switched = readSwitched(parameters, configuration.layers);
  read.opacities = readOpacities(parameters, configuration.layers);
  read.labelled = readLabelled(parameters, configuration.layers);
  read.order = readNames(parameters, 'order', configuration.layers);
  const selection = readSelection(parameters, configuration.layers, coordinates);
  if (selection) read.selection = selection;
  const parcels = readParcels(parameters, configuration.layers);
  if (parcels) read.parcels = parcels;
  read.drawings = parameters.getAll('draw').slice(0, MAX_DRAWINGS);
  return { ...read, ...readGround(parameters, configuration) };
}

function writeLayers({ switched, opacities, labelled, order }) {
  const names = (map, wanted) => [...map].filter(([, on]) => on === wanted).map(([id]) => id).join(',');
  const lists = {
    on: names(switched, true), off: names(switched, false), labels: names(labelled, true), nolabels: names(labelled, false),
    order: order.join(','),
  };
  const parts = Object.entries(lists).filter(([, list]) => list).map(([name, list]) => `${name}=${list}`);
  const faded = [...opacities].map(([id, opacity]) => `${id}:${trim(opacity)}`).join(',');
  if (faded) parts.push(`opacity=${faded}`);
  return parts;
}

function writeSelection(selection, coordinates) {
  const parts = [];
  if (selection?.layer) parts.push(`select=${selection.layer}:${encode(selection.id)}`);
  if (selection?.point) parts.push(`point=${coordinates.write(selection.point)}`);
  return parts;
}

/** An empty list is the tool with nothing selected yet; without the tool there is no parameter. */
function writeParcels(parcels) {
  return parcels ? [`parcels=${encode(writeParcelNames(parcels)).replace(/%2C/g, ',').replace(/%3B/g, ';')}`] : [];
}

function writeGround({ gridId, baseId, ownGridId }) {
  const parts = [];
  if (gridId !== ownGridId) parts.push(`grid=${encode(gridId)}`);
  if (baseId) parts.push(`base=${encode(baseId)}`);
  return parts;
}

/** Drawings travel as they are; what they mean is known to shape-link.js, which comes when there are some. */
export function writeDrawings(drawings = []) {
  return drawings.map((each) => `draw=${encode(each)}`);
}

function readSwitched(parameters, layers) {
  return readTwoLists(parameters, layers, { on: 'on', off: 'off' });
}

function readLabelled(parameters, layers) {
  return readTwoLists(parameters, layers, { on: 'labels', off: 'nolabels' });
}

function readTwoLists(parameters, layers, { on, off }) {
  const named = (name, value) => readNames(parameters, name, layers).map((id) => [id, value]);
  return new Map([...named(on, true), ...named(off, false)]);
}

function readNames(parameters, name, layers) {
  const named = (parameters.get(name) ?? '').split(',', MAX_NAMES);
  return [...new Set(named)].filter((id) => Object.hasOwn(layers, id));
}

function readOpacities(parameters, layers) {
  const pairs = (parameters.get('opacity') ?? '').split(',', MAX_NAMES).map((pair) => pair.split(':'));
  return new Map(pairs
    .map(([id, opacity]) => [id, readNumber(opacity, 0, 1)])
    .filter(([id, opacity]) => Object.hasOwn(layers, id) && opacity !== null));
}

function readSelection(parameters, layers, coordinates) {
  const [, layer = null, id = null] = /^([a-z0-9-]+):(.+)$/.exec(parameters.get('select') ?? '') ?? [];
  const point = coordinates.read(parameters.get('point'));
  if (layer !== null && Object.hasOwn(layers, layer)) return { layer, id, point };
  return point ? { layer: null, id: null, point } : null;
}

function readParcels(parameters, layers) {
  const hasCadastre = Object.values(layers).some(({ isCadastre }) => isCadastre);
  return hasCadastre && parameters.has('parcels') ? readParcelNames(parameters.get('parcels')) : null;
}

function readGround(parameters, { grids, baseMaps }) {
  const read = {};
  const grid = grids.find((each) => each.id === parameters.get('grid'));
  if (grid) read.gridId = grid.id;
  const base = baseMaps.find((each) => each.id === parameters.get('base'));
  if (base) read.baseId = base.id;
  if (base?.grid) read.gridId = base.grid;
  return read;
}

function readNumber(text, least, most) {
  const number = /^\d+(\.\d+)?$/.test(text ?? '') ? Number(text) : null;
  return number !== null && number >= least && number <= most ? number : null;
}

function trim(number) {
  return String(Number(number.toPrecision(3)));
}

/** Percent-encodes what would break a query, and leaves slashes and colons readable. */
function encode(text) {
  return encodeURIComponent(text).replace(/%2F/g, '/').replace(/%3A/g, ':');
}
