// What is said after a step: how many parcels came, what no parcel has, what may mean several, what was cut.

import { sayName } from '../../base/parcel-names.js';

const REFUSED = 400;

export function warning(text) {
  return { text, isWarning: true };
}

/** `added` parcels are new, null when nobody asked for some; the answer says what is missing, unclear or left out. */
export function tellAnswer({ features, missing, unclear, truncated }, added, wording) {
  const said = added === null ? [] : tellAdded({ features, missing, unclear, truncated }, added, wording);
  if (missing.length > 0) said.push(warning(wording.say('selecting.missing', { parcels: missing.join(', ') })));
  if (unclear.length > 0) said.push(warning(wording.say('selecting.unclear', { parcels: unclear.join(', ') })));
  if (truncated) said.push(warning(wording.say('selecting.truncated')));
  return said;
}

/** A question that cannot be answered, or nobody who answers it. */
export function tellProblem({ status }, wording) {
  return [warning(wording.say(status === REFUSED ? 'selecting.too_large' : 'answer.failed'))];
}

function tellAdded({ features, missing, unclear, truncated }, added, wording) {
  if (added === 1 && features.length === 1) return [{ text: wording.say('selecting.added_parcel', { parcel: sayName(features[0]) }) }];
  if (added > 0) return [{ text: wording.count('selecting.added', added) }];
  if (truncated) return [];
  if (features.length > 0) return [{ text: wording.say('selecting.nothing_new') }];
  return missing.length + unclear.length === 0 ? [warning(wording.say('selecting.nothing_found'))] : [];
}
