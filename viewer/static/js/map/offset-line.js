// A line beside a line: what lets water, sewer and gas run next to each other in one street.

const SHARPEST = 0.4;

/**
 * The line `distance` to the right of `line` (x, y, x, y, … with y downwards); a negative distance is left.
 * Corners are mitred; at sharp ones the mitre is cut so that it does not shoot out.
 */
export function offsetLine(line, distance) {
  const moved = new Float32Array(line.length);
  const last = line.length - 2;
  for (let at = 0; at <= last; at += 2) {
    const before = direction(line, at - 2, last);
    const after = direction(line, at, last);
    const [x, y] = corner(before ?? after, after ?? before, distance);
    moved[at] = line[at] + x;
    moved[at + 1] = line[at + 1] + y;
  }
  return moved;
}

/** The unit vector of the segment that starts at `at`; null beyond the ends and for a segment without length. */
function direction(line, at, last) {
  if (at < 0 || at >= last) return null;
  const dx = line[at + 2] - line[at];
  const dy = line[at + 3] - line[at + 1];
  const length = Math.hypot(dx, dy);
  return length > 0 ? [dx / length, dy / length] : null;
}

function corner(before, after, distance) {
  if (before === null) return [0, 0];
  const nx = -(before[1] + after[1]) / 2;
  const ny = (before[0] + after[0]) / 2;
  const squared = Math.max(nx * nx + ny * ny, SHARPEST);
  return [(nx / squared) * distance, (ny / squared) * distance];
}
