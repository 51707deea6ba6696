// How near the map goes to what was found, in metres per pixel.

/** No surface is shown larger than so, however small it is. */
export const CLOSEST_LOOK = 0.15;
/** The share of its size that is shown around a surface. */
export const ROOM_AROUND_FOUND = 0.7;

/** A house from near, a settlement from afar. */
const LOOKS = { address: 0.25, place: 2.5, other: 0.5 };

/** For a point of a layer, or of none. */
export function lookAtPoint(layer = null) {
  return LOOKS[layer?.searchKind] ?? LOOKS.other;
}
