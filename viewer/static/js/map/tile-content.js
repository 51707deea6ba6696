// One decoded vector tile. Layers are decoded when they are first asked for, into flat arrays of numbers:
// a hidden layer costs nothing.

import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

export const POINT = 1;
export const LINE = 2;
export const POLYGON = 3;

const LABELS = ':labels';

export class TileContent {
  /** `truncated` are layers of which the tile holds only the largest features, `missing` those that did not answer. */
  constructor(buffer, { truncated = [], missing = [] } = {}) {
    this.truncated = truncated;
    this.missing = missing;
    this._tile = new VectorTile(new PbfReader(buffer));
    this._decoded = new Map();
  }

  /** The layer's features and extent, or null when the tile does not hold the layer. */
  find(name) {
    if (!this._decoded.has(name)) this._decoded.set(name, decodeLayer(this._tile.layers[name]));
    return this._decoded.get(name);
  }

  findLabels(name) {
    return this.find(name + LABELS);
  }
}

export const EMPTY_TILE = { truncated: [], missing: [], find: () => null, findLabels: () => null };

function decodeLayer(layer) {
  if (!layer) return null;
  const features = [];
  for (let index = 0; index < layer.length; index += 1) features.push(decodeFeature(layer.feature(index)));
  return { extent: layer.extent, features, ids: new Set(features.map((feature) => feature.id)) };
}

/** `parts` are rings, lines or points as x, y, x, y, …; `box` is west, north, east, south in tile units. */
function decodeFeature(feature) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const parts = feature.loadGeometry().map((points) => {
    const flat = new Float32Array(points.length * 2);
    points.forEach(({ x, y }, index) => {
      flat[index * 2] = x;
      flat[index * 2 + 1] = y;
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    });
    return flat;
  });
  return { id: feature.id, kind: feature.type, properties: feature.properties, parts, box };
}
