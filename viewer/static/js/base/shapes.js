// What somebody draws: points, lines and areas with a text and a colour. Points are [east, north] in metres of
// the portal's CRS, on whole centimetres, so that a link, a file and the map say the same to the digit.

/** How many points each kind has at least. */
export const KINDS = { point: 1, line: 2, area: 3 };
export const MOST_POINTS = 500;
export const MOST_SHAPES = 200;
export const MOST_SIGNS = 80;

/** Told apart also by people who see colours otherwise; each at least 4.5 : 1 on the map's ground and on white. */
export const COLOURS = [
  { name: 'blue', value: '#005aa0' },
  { name: 'orange', value: '#a84300' },
  { name: 'green', value: '#006b4a' },
  { name: 'magenta', value: '#a8186b' },
  { name: 'violet', value: '#5a3a9e' },
  { name: 'black', value: '#1c2326' },
];

/**
 * A shape, {kind, points, colour, text}, as it is kept: no point twice in a row, no closing point, text of one
 * line. `fault` instead when it cannot be: `too_few` or `too_many` points, or `outside` what `isInReach` allows.
 */
export function tidyShape({ kind, points, colour = 0, text = '' }, isInReach) {
  const kept = dropRepeated(points.map(([x, y]) => [toCentimetre(x), toCentimetre(y)]), kind === 'area');
  if (kept.length < KINDS[kind]) return { fault: 'too_few' };
  if (kept.length > (kind === 'point' ? 1 : MOST_POINTS)) return { fault: 'too_many' };
  if (!kept.every(isInReach)) return { fault: 'outside' };
  return { kind, points: kept, colour: COLOURS[colour] ? colour : 0, text: tidyText(text) };
}

/** One line without signs that cannot be seen or that turn the writing round, cut to the longest allowed. */
export function tidyText(text) {
  const plain = text.normalize('NFC').replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return [...plain].slice(0, MOST_SIGNS).join('').trim();
}

/** Tells whether a point lies where the map can go: the portal's outline [west, south, east, north] and as much around it. */
export function reachAround([west, south, east, north], coordinates) {
  const [wide, high] = [east - west, north - south];
  return ([x, y]) => {
    const { lon, lat } = coordinates.fromNative([x, y]);
    return lon > west - wide && lon < east + wide && lat > south - high && lat < north + high;
  };
}

function toCentimetre(metres) {
  return Math.round(metres * 100) / 100;
}

function dropRepeated(points, isRing) {
  const kept = points.filter((point, index) => index === 0 || !isSame(point, points[index - 1]));
  while (isRing && kept.length > 1 && isSame(kept[0], kept.at(-1))) kept.pop();
  return kept;
}

function isSame([x1, y1], [x2, y2]) {
  return x1 === x2 && y1 === y2;
}
