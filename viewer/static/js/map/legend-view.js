// Which classes of a layer are drawn in the window of the map, read from the tiles that are there: no request.

/**
 * A set of class values, null among them for features in no class. `book` is the layer's SymbolBook, `tiles` are
 * {tile, content}; the window is its corner (pixels from the grid's origin) and its size.
 */
export function valuesInSight(id, book, tiles, { corner, size }) {
  const values = new Set();
  for (const { tile, content } of tiles) {
    const found = content.find(id);
    if (!found) continue;
    found.groups ??= book.group(found.features);
    const window = windowInTile(tile, found.extent, corner, size);
    for (const [symbol, features] of found.groups) {
      const value = book.valueOf(symbol);
      if (!values.has(value) && features.some(({ box }) => touches(box, window))) values.add(value);
    }
  }
  return values;
}

/** The window in units of the tile: west, north, east, south. */
function windowInTile(tile, extent, corner, size) {
  const unit = tile.span / extent;
  const west = (corner.x - tile.originX - tile.shiftX) / unit;
  const north = (corner.y - tile.originY - tile.shiftY) / unit;
  return [west, north, west + size.x / unit, north + size.y / unit];
}

function touches(box, window) {
  return box[0] <= window[2] && box[2] >= window[0] && box[1] <= window[3] && box[3] >= window[1];
}
