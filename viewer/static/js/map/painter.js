// Draws the layers of one tile on its canvas, from the bottom upwards, as the neutral style says.

import { LINE, POLYGON } from './tile-content.js';
import { buildPaths } from './paths.js';
import { hatchPattern } from './hatch.js';

/**
 * `layers` are {id, symbols, opacity} from the bottom upwards. `tile` says where the content lies on the
 * canvas: size, ratio, originX, originY (pixels from the grid's origin), span (CSS pixels that the
 * source tile's side covers), shiftX, shiftY (CSS pixels to the source tile's corner). `ground` is the
 * colour below everything, or null to let a base map through.
 */
export function paintTile(canvas, content, layers, { tile, ground }) {
  const context = canvas.getContext('2d');
  context.setTransform(tile.ratio, 0, 0, tile.ratio, 0, 0);
  context.clearRect(0, 0, tile.size, tile.size);
  if (ground) {
    context.fillStyle = ground;
    context.fillRect(0, 0, tile.size, tile.size);
  }
  for (const layer of layers) {
    const found = content.find(layer.id);
    if (!found || found.features.length === 0) continue;
    if (layer.opacity >= 1) paintLayer(context, found, layer, tile);
    else paintThrough(context, found, layer, tile);
  }
}

/** Outline and tint features by id on top of everything else in the tile. */
export function paintHighlight(canvas, found, id, { tile, colour, casing }) {
  const context = canvas.getContext('2d');
  const features = found.features.filter((feature) => feature.id === id);
  const paths = buildPaths(features, { radius: 7, offset: 0 }, placementOf(found, tile));
  context.save();
  context.lineJoin = 'round';
  for (const path of paths) {
    if (features[0].kind === POLYGON) {
      context.globalAlpha = 0.16;
      context.fillStyle = colour;
      context.fill(path);
      context.globalAlpha = 1;
    }
    strokeWith(context, path, casing, 6);
    strokeWith(context, path, colour, 3);
  }
  context.restore();
}

/** A see-through layer is drawn whole beside the map first: where its lines meet they must not add up. */
function paintThrough(context, found, layer, tile) {
  const beside = document.createElement('canvas');
  beside.width = context.canvas.width;
  beside.height = context.canvas.height;
  const drawn = beside.getContext('2d');
  drawn.scale(tile.ratio, tile.ratio);
  paintLayer(drawn, found, layer, tile);
  context.save();
  context.globalAlpha = layer.opacity;
  context.drawImage(beside, 0, 0, tile.size, tile.size);
  context.restore();
}

function paintLayer(context, found, layer, tile) {
  found.groups ??= layer.symbols.group(found.features);
  const placement = placementOf(found, tile);
  const drawn = found.groups.map(([symbol, features]) => ({
    symbol, kind: features[0].kind, paths: buildPaths(features, symbol, placement),
  }));
  for (const group of drawn) if (group.kind !== LINE) fillGroup(context, group, tile);
  for (const group of drawn) strokeGroup(context, group);
}

function placementOf(found, tile) {
  const scale = tile.span / found.extent;
  return { scale, x: tile.shiftX, y: tile.shiftY, size: tile.size, margin: 32 };
}

function fillGroup(context, { symbol, paths }, tile) {
  if (symbol.fill) {
    context.globalAlpha = symbol.fill_opacity;
    context.fillStyle = symbol.fill;
    for (const path of paths) context.fill(path);
    context.globalAlpha = 1;
  }
  if (symbol.hatch && paths.length > 0) {
    context.fillStyle = hatchPattern(context, symbol.hatch, tile);
    for (const path of paths) context.fill(path);
  }
}

function strokeGroup(context, { symbol, paths }) {
  if (!symbol.line || symbol.line_width === 0) return;
  context.globalAlpha = symbol.line_opacity;
  context.lineJoin = 'round';
  context.lineCap = symbol.dash.length > 0 ? 'butt' : 'round';
  context.setLineDash(symbol.dash);
  for (const path of paths) strokeWith(context, path, symbol.line, symbol.line_width);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function strokeWith(context, path, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}
