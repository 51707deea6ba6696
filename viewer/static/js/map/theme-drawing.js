// Draws one theme: its tiles, its labels, and which of its layers show at the present scale.

import { Emitter } from '../base/events.js';
import { beyondScale } from '../base/ground.js';
import { featuresAt } from './hit-test.js';
import { LabelCanvas } from './label-canvas.js';
import { valuesInSight } from './legend-view.js';
import { nearestBorder, pickBorder } from './snapping.js';
import { SymbolBook } from './symbols.js';
import { TileSource } from './tile-source.js';
import { VectorLayer } from './vector-layer.js';

const CLICK_PIXELS = 6;

/**
 * Events: `loading` (true or false), `failed` when a tile did not come; with the ids of shown layers, whenever they
 * change, `truncated` (tiles hold only the largest features) and `missing` (the layer did not answer); `settled`
 * when what is drawn in the window is known anew.
 */
export class ThemeDrawing extends Emitter {
  /** `layers` are the configuration's layers by id, `place` the point at which scales are judged. */
  constructor({ theme, layers, frame, place }) {
    super();
    this._layers = layers;
    this._frame = frame;
    this._place = place;
    this._books = new Map();
    this._states = [];
    this._ground = null;
    this._told = { truncated: [], missing: [] };
    this._tiles = new VectorLayer(new TileSource(theme.tiles[frame.id]), frame, {});
    this._labels = new LabelCanvas(this._tiles);
    this._tiles.on('loading', () => this.emit('loading', true));
    this._tiles.on('load', () => {
      this.emit('loading', false);
      this._tellContent();
    });
    this._tiles.on('tileerror', () => this.emit('failed'));
  }

  addTo(map) {
    this._map = map;
    this._tiles.addTo(map);
    this._labels.addTo(map);
    map.on('zoomend', this._refresh, this);
    map.on('moveend', this._tellContent, this);
    this._refresh();
  }

  remove() {
    this._map.off('zoomend', this._refresh, this);
    this._map.off('moveend', this._tellContent, this);
    this._labels.remove();
    this._tiles.remove();
  }

  /** States are {id, visible, opacity} from the bottom upwards; `ground` a colour, or null over a base map. */
  draw(states, ground) {
    if (ground !== this._ground) this._drawn = undefined;
    this._states = states;
    this._ground = ground;
    this._refresh();
  }

  /** {layer, id, colour, casing} or null. */
  highlight(feature) {
    this._tiles.highlight(feature);
  }

  retry() {
    this._tiles.retry();
  }

  /** The features drawn at a point, the topmost first: {layer, id, properties}. */
  featuresAt(latLng) {
    const point = this._map.project(latLng, this._map.getZoom());
    const hits = [];
    for (const { tile, content } of this._tiles.shownTiles()) {
      const [x, y] = [point.x - tile.originX, point.y - tile.originY];
      if (x < 0 || y < 0 || x >= tile.size || y >= tile.size) continue;
      for (const { id: layer } of [...this._shown()].reverse()) hits.push(...hitsIn(content, layer, tile, x, y));
    }
    return hits;
  }

  /** The class values of a layer that are drawn in the window, null for features in no class. */
  valuesInSight(id) {
    if (!this._shown().some((layer) => layer.id === id)) return new Set();
    const corner = this._map.getPixelBounds().min;
    const size = this._map.getSize();
    return valuesInSight(id, this._bookOf(id), this._tiles.shownTiles(), { corner, size });
  }

  /** The corner of a drawn parcel within `pixels` of a point, else its edge: {latLng, isCorner}; null for neither. */
  nearestBorder(latLng, pixels) {
    const zoom = this._map.getZoom();
    const point = this._map.project(latLng, zoom);
    const layers = this._shown().map(({ id }) => id).filter((id) => this._layers[id].role === 'parcels');
    const candidates = [...this._tiles.shownTiles()].flatMap(({ tile, content }) => layers.map((layer) => {
      const found = content.find(layer);
      const border = found && nearestBorder(found, tile, [point.x - tile.originX, point.y - tile.originY], pixels);
      return border && { ...border, x: border.x + tile.originX, y: border.y + tile.originY };
    }));
    const best = pickBorder(candidates);
    return best && { latLng: this._map.unproject([best.x, best.y], zoom), isCorner: best.isCorner };
  }

  _refresh() {
    if (!this._map) return;
    const shown = this._shown();
    const drawn = shown.map(({ id, opacity }) => ({ id, opacity, symbols: this._bookOf(id) }));
    if (!isSame(drawn, this._drawn)) this._tiles.draw(drawn, this._ground);
    this._drawn = drawn;
    const metresPerPixel = this._metresPerPixel();
    const labelled = shown
      .filter(({ labelled: wanted }) => wanted)
      .map(({ id, opacity }) => ({ id, opacity, kind: this._layers[id].geometry, ...labelOf(this._layers[id].style) }))
      .filter(({ label }) => label && metresPerPixel <= label.max_metres_per_pixel);
    this._labels.draw(labelled, metresPerPixel);
    this._tellContent();
  }

  _tellContent() {
    const contents = [...this._tiles.shownTiles()].map(({ content }) => content);
    for (const name of ['truncated', 'missing']) {
      const inTiles = new Set(contents.flatMap((content) => content[name]));
      const ids = this._shown().map(({ id }) => id).filter((id) => inTiles.has(id));
      if (ids.join() !== this._told[name].join()) this.emit(name, ids);
      this._told[name] = ids;
    }
    this.emit('settled');
  }

  _shown() {
    const metresPerPixel = this._metresPerPixel();
    return this._states.filter(({ id, visible }) => visible && !beyondScale(this._layers[id].style.scale, metresPerPixel));
  }

  _metresPerPixel() {
    return this._frame.metresPerPixel(this._map.getZoom(), this._place);
  }

  _bookOf(id) {
    if (!this._books.has(id)) this._books.set(id, new SymbolBook(this._layers[id].style));
    return this._books.get(id);
  }
}

function hitsIn(content, layer, tile, x, y) {
  const found = content.find(layer);
  if (!found) return [];
  const scale = tile.span / found.extent;
  return featuresAt(found, (x - tile.shiftX) / scale, (y - tile.shiftY) / scale, CLICK_PIXELS / scale)
    .map(({ id, properties }) => ({ layer, id, properties }));
}

function isSame(one, other) {
  return other !== undefined && one.length === other.length
    && one.every((layer, index) => layer.id === other[index].id && layer.opacity === other[index].opacity);
}

/** {label, reach}: how a layer is labelled, and how far its largest symbol reaches from a point. */
function labelOf({ label, default: usual, classes }) {
  const reaches = [usual, ...classes.map(({ symbol }) => symbol)].map(({ radius, line_width: line }) => radius + line / 2);
  return { label, reach: Math.max(...reaches) };
}
