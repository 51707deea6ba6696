// Which labels are drawn: only those that fit inside their shape and touch no other. Pure, so that it can
// be tested without a map.

const CELL = 64;
const MARGIN = 3;

/**
 * Candidates are {key, x, y, text, size, inside, widthMetres, rank}; answers those that get a place.
 * `measure(text, size)` answers the width in pixels. Higher rank first, then the wider shape, then by key,
 * so that labels do not flicker from one drawing to the next.
 */
export function placeLabels(candidates, { width, height, metresPerPixel, measure }) {
  const taken = new Map();
  const placed = [];
  const seen = new Set();
  for (const label of [...candidates].sort(byImportance)) {
    if (seen.has(label.key)) continue;
    const across = measure(label.text, label.size);
    if (!fits(label, across, metresPerPixel)) continue;
    const box = boxAround(label, across);
    if (box.east < 0 || box.west > width || box.south < 0 || box.north > height) continue;
    seen.add(label.key);
    if (isTaken(taken, box)) continue;
    take(taken, box);
    placed.push(label);
  }
  return placed;
}

function byImportance(one, other) {
  return other.rank - one.rank || (other.widthMetres ?? 0) - (one.widthMetres ?? 0) || (one.key < other.key ? -1 : 1);
}

function fits({ inside, widthMetres }, across, metresPerPixel) {
  return !inside || widthMetres === null || across + MARGIN <= widthMetres / metresPerPixel;
}

function boxAround({ x, y, size }, across) {
  const half = size * 0.65 + 1;
  return { west: x - across / 2 - MARGIN, east: x + across / 2 + MARGIN, north: y - half, south: y + half };
}

function * cellsOf({ west, north, east, south }) {
  for (let column = Math.floor(west / CELL); column <= Math.floor(east / CELL); column += 1) {
    for (let row = Math.floor(north / CELL); row <= Math.floor(south / CELL); row += 1) yield `${column}/${row}`;
  }
}

function isTaken(taken, box) {
  for (const cell of cellsOf(box)) {
    for (const other of taken.get(cell) ?? []) {
      if (box.west < other.east && other.west < box.east && box.north < other.south && other.north < box.south) return true;
    }
  }
  return false;
}

function take(taken, box) {
  for (const cell of cellsOf(box)) {
    if (!taken.has(cell)) taken.set(cell, []);
    taken.get(cell).push(box);
  }
}
