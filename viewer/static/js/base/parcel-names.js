// Parcels by name, {ko, number}, as links and /parcels/select write them: `9001:123/4,124;9002:5`. A number is
// opaque text. The server's half is layers/selecting/names.py.

/** More parcels are not answered at once. */
export const MOST_PARCELS = 500;

const MOST_LETTERS = 40;
const inOrder = new Intl.Collator('sl', { numeric: true });

/** What a text names, each parcel once; parts that name none are left out. */
export function readParcelNames(text) {
  const names = (text ?? '').split(';').flatMap((part) => {
    const [ko, numbers = ''] = part.split(/:(.*)/s).map((each) => each.trim());
    return numbers.split(',').map((number) => ({ ko, number: number.trim() }));
  });
  return uniteNames(names.filter(isName)).slice(0, MOST_PARCELS);
}

/** The same text again, KO by KO, not yet encoded for an address. */
export function writeParcelNames(names) {
  const numbers = new Map();
  for (const { ko, number } of names) numbers.set(ko, [...(numbers.get(ko) ?? []), number]);
  return [...numbers].map(([ko, each]) => `${ko}:${each.join(',')}`).join(';');
}

/** The name in the id of a parcel's feature, `9001-123/4`; null when it has another form. */
export function nameOfId(id) {
  const [, ko, number] = /^([^-]+)-(.+)$/.exec(id) ?? [];
  return ko ? { ko, number } : null;
}

/** One text for each parcel, also the one people read and the search understands. */
export function sayName({ ko, number }) {
  return `${ko} ${number}`;
}

/** Each name once, in the order they came. */
export function uniteNames(names) {
  return [...new Map(names.map((name) => [sayName(name), name])).values()];
}

/** By KO; then 2 before 10, 10 before 10/2 before 10/10, the asterisk series last: as the server sorts. */
export function compareNames(one, other) {
  const isLast = ({ number }) => Number(number.startsWith('*'));
  return inOrder.compare(one.ko, other.ko) || isLast(one) - isLast(other) || inOrder.compare(one.number, other.number);
}

function isName({ ko, number }) {
  return [ko, number].every((part) => part !== '' && part.length <= MOST_LETTERS);
}
