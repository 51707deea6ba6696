// What we need to know of a GeoJSON geometry: its box, and a point inside it for links that name a feature
// but no place.

/** [west, south, east, north] in degrees. */
export function boxOf({ coordinates }) {
  const flat = coordinates.flat(Infinity);
  const lon = flat.filter((_, index) => index % 2 === 0);
  const lat = flat.filter((_, index) => index % 2 === 1);
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)];
}

/** The box around all features that have a place; null when none has. */
export function boxAround(features) {
  const boxes = features.filter(({ geometry }) => geometry !== null).map(({ geometry }) => boxOf(geometry));
  if (boxes.length === 0) return null;
  const edge = (place, choose) => choose(...boxes.map((box) => box[place]));
  return [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)];
}

/** {lon, lat}: on the widest stretch of the horizontal line through the middle of the largest part. */
export function interiorPoint({ type, coordinates }) {
  if (type === 'Point') return toPoint(coordinates);
  if (type === 'MultiPoint') return toPoint(coordinates[0]);
  if (type === 'LineString') return toPoint(coordinates[Math.floor(coordinates.length / 2)]);
  if (type === 'MultiLineString') return toPoint(longest(coordinates)[Math.floor(longest(coordinates).length / 2)]);
  const rings = type === 'Polygon' ? coordinates : longest(coordinates, (polygon) => polygon[0].length);
  return insideRings(rings);
}

function insideRings(rings) {
  const heights = rings[0].map(([, y]) => y);
  // off the exact middle, where a corner is less likely to lie
  const y = Math.min(...heights) + (Math.max(...heights) - Math.min(...heights)) * 0.5003;
  const crossings = rings.flatMap((ring) => crossingsOf(ring, y)).sort((a, b) => a - b);
  let widest = [crossings[0], crossings[1]];
  for (let at = 0; at + 1 < crossings.length; at += 2) {
    if (crossings[at + 1] - crossings[at] > widest[1] - widest[0]) widest = [crossings[at], crossings[at + 1]];
  }
  return { lon: (widest[0] + widest[1]) / 2, lat: y };
}

function crossingsOf(ring, y) {
  const found = [];
  for (let at = 0; at + 1 < ring.length; at += 1) {
    const [[x1, y1], [x2, y2]] = [ring[at], ring[at + 1]];
    if (y1 > y !== y2 > y) found.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  }
  return found;
}

function longest(parts, sizeOf = (part) => part.length) {
  return parts.reduce((best, part) => (sizeOf(part) > sizeOf(best) ? part : best));
}

function toPoint([lon, lat]) {
  return { lon, lat };
}
