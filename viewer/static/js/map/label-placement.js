// Which labels are drawn and where: inside a shape when they fit, beside a point without covering another one, and no
// name of a street twice within a glance. Pure, so that it can be tested without a map.

const CELL = 64;
const MARGIN = 3;
/** Between a point's symbol and the text beside it. */
const GAP = 3;
/** The sides of a point that a text may stand on, best first, as steps to the right and down. */
const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1]];
/** The axis of a street comes in many pieces; its name is read once in so much of the map. */
const SAME_TEXT_PIXELS = 260;

/**
 * Candidates are {key, x, y, text, size, inside, widthMetres, rank, kind, reach, layer}; answers those that get a
 * place, with the x and y of their middle. `kind` is that of the geometry and `reach` the radius of a point's symbol.
 * `measure(text, size)` answers the width in pixels. Higher rank first, then the wider shape, then by key,
 * so that labels do not flicker from one drawing to the next.
 */
export function placeLabels(candidates, { width, height, metresPerPixel, measure }) {
  const taken = new Map();
  const names = new Map();
  const placed = [];
  const seen = new Set();
  for (const label of candidates) if (label.kind === 'point') take(taken, symbolBox(label), label.key);
  for (const label of [...candidates].sort(byImportance)) {
    if (seen.has(label.key)) continue;
    const across = measure(label.text, label.size);
    if (!fits(label, across, metresPerPixel)) continue;
    const places = placesOf(label, across).filter(({ box }) => box.east >= 0 && box.west <= width && box.south >= 0 && box.north <= height);
    if (places.length === 0) continue;
    seen.add(label.key);
    const place = places.find(({ box }) => !isTaken(taken, box, label.key));
    if (!place || (label.kind === 'line' && isReadNearby(names, label))) continue;
    take(taken, place.box, null);
    placed.push({ ...label, x: place.x, y: place.y });
  }
  return placed;
}

function byImportance(one, other) {
  return other.rank - one.rank || (other.widthMetres ?? 0) - (one.widthMetres ?? 0) || (one.key < other.key ? -1 : 1);
}

function fits({ inside, widthMetres }, across, metresPerPixel) {
  return !inside || widthMetres === null || across + MARGIN <= widthMetres / metresPerPixel;
}

/** Where a label may stand: on its shape, or on one of the sides of its point. */
function placesOf(label, across) {
  const middles = label.kind === 'point' ? SIDES.map(([right, down]) => beside(label, across, right, down)) : [label];
  return middles.map(({ x, y }) => ({ x, y, box: boxAround({ x, y, size: label.size }, across) }));
}

function beside({ x, y, size, reach }, across, right, down) {
  return { x: x + right * (reach + GAP + MARGIN + across / 2), y: y + down * (reach + GAP + halfHeight(size)) };
}

function boxAround({ x, y, size }, across) {
  const half = halfHeight(size);
  return { west: x - across / 2 - MARGIN, east: x + across / 2 + MARGIN, north: y - half, south: y + half };
}

function halfHeight(size) {
  return size * 0.65 + 1;
}

function symbolBox({ x, y, reach }) {
  return { west: x - reach, east: x + reach, north: y - reach, south: y + reach };
}

/** Whether the same name of the layer stands near already; if not, it is remembered. */
function isReadNearby(names, { layer, text, x, y }) {
  const key = `${layer}/${text}`;
  const places = names.get(key) ?? [];
  if (places.some((other) => Math.hypot(other.x - x, other.y - y) < SAME_TEXT_PIXELS)) return true;
  names.set(key, [...places, { x, y }]);
  return false;
}

function * cellsOf({ west, north, east, south }) {
  for (let column = Math.floor(west / CELL); column <= Math.floor(east / CELL); column += 1) {
    for (let row = Math.floor(north / CELL); row <= Math.floor(south / CELL); row += 1) yield `${column}/${row}`;
  }
}

/** Whether something else is there; a point's own symbol is nothing else. */
function isTaken(taken, box, key) {
  for (const cell of cellsOf(box)) {
    for (const other of taken.get(cell) ?? []) {
      if (other.key === key) continue;
      if (box.west < other.east && other.west < box.east && box.north < other.south && other.north < box.south) return true;
    }
  }
  return false;
}

function take(taken, box, key) {
  for (const cell of cellsOf(box)) {
    if (!taken.has(cell)) taken.set(cell, []);
    taken.get(cell).push({ ...box, key });
  }
}
