// Sums of areas that say how many parcels they do not count: an area that is not known is not nought.

/** {square metres, unknown}: the sum of what is known, and how many are not. */
export function sumAreas(features, name) {
  const known = features.map((each) => each[name]).filter((area) => area !== null && area !== undefined);
  const sum = known.reduce((total, area) => total + Math.round(area * 100), 0) / 100;
  return { sum, unknown: features.length - known.length };
}

/** Parcels of one answer: {ko, features}, for each KO. An answer takes at most `most` of one KO. */
export function groupByKo(features) {
  const groups = new Map();
  for (const each of features) groups.set(each.ko, [...(groups.get(each.ko) ?? []), each]);
  return [...groups].map(([ko, members]) => ({ ko, features: members }));
}
