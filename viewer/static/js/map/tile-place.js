// Which part of which tile a canvas shows. Pure, so that it can be tested without a map.

/**
 * Where a canvas lies and which source tile it shows; `size` in CSS pixels, `ratio` device pixels for each. Past the deepest zoom a source tile is shared by
 * 2ⁿ × 2ⁿ canvases, each showing its part of it.
 */
export function describeTile({ z, x, y }, maxTileZoom, { size, ratio }) {
  const deeper = Math.max(z - maxTileZoom, 0);
  const parts = 2 ** deeper;
  const source = { z: z - deeper, x: Math.floor(x / parts), y: Math.floor(y / parts) };
  return {
    z, size, ratio, source,
    span: size * parts,
    shiftX: (source.x * parts - x) * size,
    shiftY: (source.y * parts - y) * size,
    originX: x * size,
    originY: y * size,
  };
}
