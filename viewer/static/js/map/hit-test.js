// What lies under a point of a tile, from the geometry that was drawn: no request. Exact answers come from
// /identify; this one is for the pointer and for outlining at once what was clicked.

import { LINE, POINT } from './tile-content.js';

/** The features of a decoded layer at x, y (tile units), the last drawn first; `tolerance` in tile units. */
export function featuresAt(found, x, y, tolerance) {
  return found.features.filter((feature) => isNear(feature.box, x, y, tolerance) && isHit(feature, x, y, tolerance)).reverse();
}

function isNear([west, north, east, south], x, y, tolerance) {
  return x >= west - tolerance && x <= east + tolerance && y >= north - tolerance && y <= south + tolerance;
}

function isHit({ kind, parts }, x, y, tolerance) {
  if (kind === POINT) return parts.some((part) => Math.hypot(part[0] - x, part[1] - y) <= tolerance);
  if (kind === LINE) return parts.some((part) => distanceToLine(part, x, y) <= tolerance);
  return parts.reduce((inside, ring) => (isInsideRing(ring, x, y) ? !inside : inside), false);
}

/** Even-odd rule: how often a ray to the east crosses the ring. */
function isInsideRing(ring, x, y) {
  let inside = false;
  for (let at = 0, before = ring.length - 2; at < ring.length; before = at, at += 2) {
    const [x1, y1, x2, y2] = [ring[at], ring[at + 1], ring[before], ring[before + 1]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function distanceToLine(line, x, y) {
  let nearest = Infinity;
  for (let at = 0; at + 3 < line.length; at += 2) {
    nearest = Math.min(nearest, distanceToSegment(line[at], line[at + 1], line[at + 2], line[at + 3], x, y));
  }
  return nearest;
}

function distanceToSegment(x1, y1, x2, y2, x, y) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : Math.min(Math.max(((x - x1) * dx + (y - y1) * dy) / squared, 0), 1);
  return Math.hypot(x1 + along * dx - x, y1 + along * dy - y);
}
