// Points as people type or paste them: east and north, one point on a line, with a decimal point or comma.

const WITH_POINT = /^(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)$/;
const WITH_COMMA = /^(-?\d+(?:,\d+)?)\s*[;\s]\s*(-?\d+(?:,\d+)?)$/;

/** {points: [[east, north], …]}, or {line} with the number of the first line that cannot be read. */
export function parsePoints(text) {
  const points = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const plain = line.replace(/[\u202f\u2009]/g, '').replace(/\b[en]\b\s*[=:]?/gi, ' ').trim();
    if (plain === '') continue;
    const point = parsePoint(plain);
    if (!point) return { line: index + 1 };
    points.push(point);
  }
  return { points };
}

/** The same points as text that can be typed again. */
export function writePoints(points) {
  return points.map(([x, y]) => `${x.toFixed(2)}, ${y.toFixed(2)}`).join('\n');
}

function parsePoint(line) {
  const match = WITH_POINT.exec(line) ?? WITH_COMMA.exec(line);
  return match && [Number(match[1].replace(',', '.')), Number(match[2].replace(',', '.'))];
}
