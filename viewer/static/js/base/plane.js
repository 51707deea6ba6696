// Lengths and areas in a plane: points are [east, north] in metres of the portal's CRS, so that what is measured
// here is what the cadastre would compute from the same coordinates.

/** The length of each stretch between neighbouring points; a closed line has one more, back to its start. */
export function stretchLengths(points, isClosed = false) {
  const ends = isClosed ? [...points.slice(1), points[0]] : points.slice(1);
  return ends.map(([x, y], index) => Math.hypot(x - points[index][0], y - points[index][1]));
}

export function lengthOf(points, isClosed = false) {
  return stretchLengths(points, isClosed).reduce((sum, length) => sum + length, 0);
}

/** The area of a ring that is not closed by its first point; counted from there, for coordinates are large. */
export function areaOf(points) {
  return Math.abs(signedArea(points));
}

/** The area as above, positive when the ring runs counter-clockwise. */
export function signedArea(points) {
  const [x0, y0] = points[0];
  let doubled = 0;
  for (let at = 1; at + 1 < points.length; at += 1) {
    const [[x1, y1], [x2, y2]] = [points[at], points[at + 1]];
    doubled += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  }
  return doubled / 2;
}

/** True when two sides of a ring meet anywhere but in the corner they share: then it has no area to speak of. */
export function crossesItself(points) {
  const count = points.length;
  for (let one = 0; one < count; one += 1) {
    for (let other = one + 2; other < count; other += 1) {
      if (one === 0 && other === count - 1) continue;
      if (areCrossing(points[one], points[one + 1], points[other], points[(other + 1) % count])) return true;
    }
  }
  return false;
}

/** {x, y, distance}: the point of a straight line that lies nearest to x, y. */
export function nearestOnLine([x1, y1], [x2, y2], [x, y]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : Math.min(Math.max(((x - x1) * dx + (y - y1) * dy) / squared, 0), 1);
  const found = { x: x1 + along * dx, y: y1 + along * dy };
  return { ...found, distance: Math.hypot(found.x - x, found.y - y) };
}

/** Even-odd rule. */
export function isInside(points, [x, y]) {
  let inside = false;
  points.forEach(([x1, y1], index) => {
    const [x2, y2] = points.at(index - 1);
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

function areCrossing(a, b, c, d) {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (abc !== abd && cda !== cdb) return true;
  return [[abc, a, b, c], [abd, a, b, d], [cda, c, d, a], [cdb, c, d, b]]
    .some(([way, from, to, point]) => way === 0 && isBetween(from, to, point));
}

function turn([x1, y1], [x2, y2], [x3, y3]) {
  return Math.sign((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1));
}

function isBetween([x1, y1], [x2, y2], [x, y]) {
  return x >= Math.min(x1, x2) && x <= Math.max(x1, x2) && y >= Math.min(y1, y2) && y <= Math.max(y1, y2);
}
