// The canvas layer that draws vector tiles: one canvas per tile, beyond the deepest tiles drawn larger by
// us (never stretched), at most two device pixels per CSS pixel. Which layers are drawn and how is told by
// `draw`; nothing is requested anew for it.

import { GridLayer } from 'leaflet';
import { paintHighlight, paintTile } from './painter.js';
import { describeTile } from './tile-place.js';

const MAX_PIXEL_RATIO = 2;

export class VectorLayer extends GridLayer {
  /** `source` is a TileSource, `frame` the GridFrame of the map. */
  constructor(source, frame, options) {
    super({ ...options, tileSize: 256, updateWhenIdle: false, updateWhenZooming: false, keepBuffer: 1 });
    this._source = source;
    this._frame = frame;
    this._layers = [];
    this._ground = null;
    this._highlight = null;
    this._drawn = new Map();
    this.on('tileunload', ({ tile }) => this._forget(tile));
  }

  createTile(coords, done) {
    const canvas = document.createElement('canvas');
    canvas.setAttribute('aria-hidden', 'true');
    const tile = describeTile(coords, this._frame.maxTileZoom, { size: this.getTileSize().x, ratio: pixelRatio() });
    canvas.width = tile.size * tile.ratio;
    canvas.height = tile.size * tile.ratio;
    const lease = this._source.lease(tile.source.z, tile.source.x, tile.source.y);
    this._drawn.set(canvas, { tile, lease, content: null });
    lease.content.then((content) => this._receive(canvas, content, done), (problem) => this._fail(canvas, problem, done));
    return canvas;
  }

  /**
   * Draw these layers, {id, symbols, opacity} from the bottom upwards, on every tile that is there. A
   * `ground` colour hides the coarser tiles that Leaflet keeps below until all finer ones have come.
   */
  draw(layers, ground) {
    this._layers = layers;
    this._ground = ground;
    for (const [canvas, drawn] of this._drawn) this._paint(canvas, drawn);
  }

  /** Outline one feature wherever it shows, or none; only the tiles it touches are drawn anew. */
  highlight(feature) {
    const before = this._highlight;
    this._highlight = feature;
    for (const [canvas, drawn] of this._drawn) {
      if (holds(drawn, before) || holds(drawn, feature)) this._paint(canvas, drawn);
    }
  }

  /** The tiles of the present zoom that have content: {tile, content}. */
  * shownTiles() {
    for (const { tile, content } of this._drawn.values()) {
      if (content && tile.z === this._tileZoom) yield { tile, content };
    }
  }

  /** Ask again for tiles that did not come, or came without one of their layers. */
  retry() {
    const failed = [...this._drawn.values()].some((drawn) => drawn.failed || drawn.content?.missing.length > 0);
    if (failed) this.redraw();
  }

  _receive(canvas, content, done) {
    const drawn = this._drawn.get(canvas);
    if (!drawn) return;
    drawn.content = content;
    this._paint(canvas, drawn);
    done(null, canvas);
  }

  _fail(canvas, problem, done) {
    const drawn = this._drawn.get(canvas);
    if (!drawn) return;
    drawn.failed = true;
    done(problem, canvas);
  }

  _paint(canvas, { tile, content }) {
    if (!content) return;
    paintTile(canvas, content, this._layers, { tile, ground: this._ground });
    if (!holds({ content }, this._highlight)) return;
    const { layer, id, colour, casing } = this._highlight;
    paintHighlight(canvas, content.find(layer), id, { tile, colour, casing });
  }

  /** Give back what the canvas held; a size of nothing frees its memory at once (WebKit keeps it otherwise). */
  _forget(canvas) {
    const drawn = this._drawn.get(canvas);
    if (!drawn) return;
    this._drawn.delete(canvas);
    drawn.lease.release();
    canvas.width = 0;
    canvas.height = 0;
  }

  /** Leaflet calls this when the zoom changes: requests of the zoom that was left are dropped. */
  _abortLoading() {
    for (const [key, tile] of Object.entries(this._tiles)) {
      if (tile.coords.z !== this._tileZoom && !tile.loaded) this._removeTile(key);
    }
  }
}

function pixelRatio() {
  return Math.min(window.devicePixelRatio || 1, MAX_PIXEL_RATIO);
}

function holds({ content }, highlight) {
  return Boolean(content && highlight && content.find(highlight.layer)?.ids.has(highlight.id));
}
