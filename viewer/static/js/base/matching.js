// Which part of a found name is what was typed: without case and accents, word by word, as the search compares.

const WHOLE_LETTERS = { đ: 'd', ð: 'd', ł: 'l', ø: 'o', ı: 'i' };
const BETWEEN_WORDS = /[\s,;]+/u;

/** Letters without case and accents, each as long as before, so that places in the text stay. */
function fold(text) {
  return Array.from(text.normalize('NFC'), (letter) => {
    const plain = letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    const folded = WHOLE_LETTERS[plain] ?? plain;
    return folded.length === letter.length ? folded : letter;
  }).join('');
}

/** The title in pieces `{ text, isTyped }`: a word that begins like a typed one is typed as far as it does. */
export function splitByTyped(title, typed) {
  const words = fold(typed).split(BETWEEN_WORDS).map((word) => word.replace(/\.$/u, '')).filter(Boolean);
  const composed = title.normalize('NFC');
  const folded = fold(composed);
  const pieces = [];
  let at = 0;
  for (const { index, 0: word } of folded.matchAll(/[^\s,;]+/gu)) {
    const length = Math.max(0, ...words.filter((each) => word.startsWith(each)).map((each) => each.length));
    if (length === 0) continue;
    if (index > at) pieces.push({ text: composed.slice(at, index), isTyped: false });
    pieces.push({ text: composed.slice(index, index + length), isTyped: true });
    at = index + length;
  }
  if (at < composed.length) pieces.push({ text: composed.slice(at), isTyped: false });
  return pieces;
}
