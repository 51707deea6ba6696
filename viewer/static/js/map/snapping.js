// Where the pointer sticks: corners and edges as the tiles hold them, found without a request. A corner is taken
// before an edge, for it is what people mean when they come near one.

import { nearestOnLine } from '../base/plane.js';

const EDGE_SHARE = 0.7;

/**
 * {x, y, distance, isCorner}: the nearest corner within `pixels`, else the nearest edge a little nearer than that;
 * null for neither. `found` is a layer of a tile, `x`, `y` and the answer are pixels of that tile's canvas.
 */
export function nearestBorder(found, tile, [x, y], pixels) {
  const scale = tile.span / found.extent;
  const at = [(x - tile.shiftX) / scale, (y - tile.shiftY) / scale];
  const reach = pixels / scale;
  const isWithin = ({ x: u, y: v }) => u >= 0 && v >= 0 && u <= found.extent && v <= found.extent;
  const near = found.features.filter(({ box }) => isNear(box, at, reach));
  const toPixels = (one, isCorner) => ({
    x: one.x * scale + tile.shiftX, y: one.y * scale + tile.shiftY, distance: one.distance * scale, isCorner,
  });
  const corner = nearest(near, cornersOf, at, reach, isWithin);
  if (corner) return toPixels(corner, true);
  const edge = nearest(near, edgesOf, at, reach * EDGE_SHARE, isWithin);
  return edge && toPixels(edge, false);
}

/** Of several answers the one to take: any corner before any edge, then the nearest. */
export function pickBorder(candidates) {
  const found = candidates.filter((each) => each !== null);
  const corners = found.filter(({ isCorner }) => isCorner);
  const wanted = corners.length > 0 ? corners : found;
  return wanted.reduce((best, each) => (best === null || each.distance < best.distance ? each : best), null);
}

/** What lies outside the tile was cut there and is no real corner (`isWithin`); the tile next to it has the whole. */
function nearest(features, partsOf, at, reach, isWithin) {
  let best = null;
  for (const { parts } of features) {
    for (const part of parts) {
      for (const each of partsOf(part, at)) {
        if (each.distance <= (best?.distance ?? reach) && isWithin(each)) best = each;
      }
    }
  }
  return best;
}

function* cornersOf(part, [x, y]) {
  for (let at = 0; at < part.length; at += 2) {
    yield { x: part[at], y: part[at + 1], distance: Math.hypot(part[at] - x, part[at + 1] - y) };
  }
}

function* edgesOf(part, at) {
  for (let from = 0; from + 3 < part.length; from += 2) {
    yield nearestOnLine([part[from], part[from + 1]], [part[from + 2], part[from + 3]], at);
  }
}

function isNear([west, north, east, south], [x, y], reach) {
  return x >= west - reach && x <= east + reach && y >= north - reach && y <= south + reach;
}
