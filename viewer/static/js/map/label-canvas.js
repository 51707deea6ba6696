// One canvas over the whole map for all labels, so that none is cut at a tile's edge. Drawn when the map
// comes to rest and when a tile arrives; while the map moves it moves along.

import { DomUtil, Layer, Point, setOptions } from 'leaflet';
import { oncePerFrame } from '../base/events.js';
import { placeLabels } from './label-placement.js';

const PADDING = 80;
const FONT = '"Source Sans 3 Variable", "Source Sans 3", system-ui, sans-serif';

export class LabelCanvas extends Layer {
  /** `vectorLayer` holds the tiles that carry the label points. */
  constructor(vectorLayer) {
    super();
    setOptions(this, { pane: 'labels' });
    this._vectorLayer = vectorLayer;
    this._layers = [];
    this._widths = new Map();
    this._redrawSoon = oncePerFrame(() => this._redraw());
  }

  getEvents() {
    return { moveend: this._redrawSoon, zoomend: this._redrawSoon, resize: this._redrawSoon };
  }

  onAdd() {
    this._canvas = DomUtil.create('canvas', 'leaflet-zoom-hide', this.getPane());
    this._canvas.setAttribute('aria-hidden', 'true');
    this._vectorLayer.on('tileload tileunload', this._redrawSoon);
    document.fonts.ready.then(() => { this._widths.clear(); this._redrawSoon(); });
    this._redrawSoon();
    return this;
  }

  onRemove() {
    this._vectorLayer.off('tileload tileunload', this._redrawSoon);
    this._canvas.remove();
    return this;
  }

  /** Label these layers: {id, label, kind, reach, opacity} from the bottom upwards; `metresPerPixel` on the ground. */
  draw(layers, metresPerPixel) {
    this._layers = layers;
    this._metresPerPixel = metresPerPixel;
    this._redrawSoon();
  }

  _redraw() {
    if (!this._map) return;
    const { context, width, height, corner } = this._prepare();
    const view = { width, height, metresPerPixel: this._metresPerPixel, measure: (...what) => this._measure(context, ...what) };
    for (const placed of placeLabels(this._collect(corner), view)) drawLabel(context, placed);
  }

  _prepare() {
    const size = this._map.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [size.x + 2 * PADDING, size.y + 2 * PADDING];
    this._canvas.width = width * ratio;
    this._canvas.height = height * ratio;
    this._canvas.style.width = `${width}px`;
    this._canvas.style.height = `${height}px`;
    const corner = this._map.containerPointToLayerPoint(new Point(-PADDING, -PADDING)).round();
    DomUtil.setPosition(this._canvas, corner);
    const context = this._canvas.getContext('2d');
    context.scale(ratio, ratio);
    return { context, width, height, corner };
  }

  _collect(corner) {
    const origin = this._map.getPixelOrigin().add(corner);
    const candidates = [];
    for (const { tile, content } of this._vectorLayer.shownTiles()) {
      this._layers.forEach((layer, rank) => {
        const found = content.findLabels(layer.id);
        if (found) addCandidates(candidates, found, { tile, layer, rank, origin });
      });
    }
    return candidates;
  }

  _measure(context, text, size) {
    const key = `${size}/${text}`;
    if (!this._widths.has(key)) {
      context.font = `${size}px ${FONT}`;
      this._widths.set(key, context.measureText(text).width);
    }
    return this._widths.get(key);
  }
}

function addCandidates(candidates, found, { tile, layer, rank, origin }) {
  const scale = tile.span / found.extent;
  for (const { id, properties, parts } of found.features) {
    const x = parts[0][0] * scale + tile.shiftX;
    const y = parts[0][1] * scale + tile.shiftY;
    candidates.push({
      key: `${layer.id}/${id}`,
      x: tile.originX + x - origin.x,
      y: tile.originY + y - origin.y,
      text: String(properties.text),
      widthMetres: properties.w === undefined ? null : properties.w / 10,
      inside: layer.label.inside,
      size: layer.label.size,
      rank: layer.label.size + rank / 100,
      kind: layer.kind,
      reach: layer.reach,
      layer: layer.id,
      label: layer.label,
      opacity: layer.opacity,
    });
  }
}

function drawLabel(context, { x, y, text, size, label, opacity }) {
  context.font = `${label.italic ? 'italic ' : ''}${size}px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.globalAlpha = opacity;
  if (label.halo) {
    context.strokeStyle = label.halo;
    context.lineWidth = 3;
    context.strokeText(text, x, y);
  }
  context.fillStyle = label.colour;
  context.fillText(text, x, y);
}
