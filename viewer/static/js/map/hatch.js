// Hatching without seams: the lines hang on the origin of the grid, so they go on from tile to tile.

/**
 * A pattern that covers one tile canvas.
 * `tile` has size (CSS pixels of its side), originX and originY (pixels from the grid's origin to the
 * canvas' corner at this zoom) and ratio (device pixels per CSS pixel).
 */
export function hatchPattern(context, hatch, { size, originX, originY, ratio }) {
  const canvas = document.createElement('canvas');
  canvas.width = size * ratio;
  canvas.height = size * ratio;
  const lines = canvas.getContext('2d');
  lines.scale(ratio, ratio);
  lines.strokeStyle = hatch.colour;
  lines.lineWidth = hatch.width;
  drawLines(lines, hatchLines(hatch, { size, originX, originY }));
  const pattern = context.createPattern(canvas, 'no-repeat');
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/**
 * Segments [x1, y1, x2, y2] across a square. The angle is counter-clockwise from east, y points down.
 * Each line is where the distance along the normal, counted from the grid's origin, is a multiple of the
 * spacing.
 */
export function hatchLines({ angle, spacing, width }, { size, originX, originY }) {
  const turn = (angle * Math.PI) / 180;
  const [nx, ny] = [Math.sin(turn), Math.cos(turn)];
  const step = Math.max(spacing, 1);
  const corners = [0, nx * size, ny * size, (nx + ny) * size];
  const fromOrigin = originX * nx + originY * ny;
  const first = Math.ceil((fromOrigin + Math.min(...corners) - width) / step);
  const last = Math.floor((fromOrigin + Math.max(...corners) + width) / step);
  const segments = [];
  for (let count = first; count <= last; count += 1) {
    const away = count * step - fromOrigin;
    const reach = 2 * size;
    const [x, y] = [nx * away, ny * away];
    segments.push([x - ny * reach, y + nx * reach, x + ny * reach, y - nx * reach]);
  }
  return segments;
}

function drawLines(context, segments) {
  context.beginPath();
  for (const [x1, y1, x2, y2] of segments) {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  }
  context.stroke();
}
