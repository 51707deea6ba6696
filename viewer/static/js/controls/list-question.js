// A pasted list of parcels in the search box: recognised, asked about as a whole, and offered before all other
// results as one: all its parcels together.

import { withLongParameters } from '../base/configuration.js';
import { fetchJson } from '../base/requests.js';

/** As long a list as the server reads at once (layers/selecting/lists.py). */
export const MOST_LETTERS = 6000;
export const MOST_LINES = 500;

const FEW = 3;

/** The lines of a pasted text that say something; what a spreadsheet set apart by tabs is set apart by semicolons. */
export function linesOf(text) {
  return text.split(/[\r\n|]+/).map((line) => line.trim().replace(/\t+/g, ';')).filter((line) => /[^\s,;]/.test(line));
}

export function isTooLong(lines) {
  return lines.length > MOST_LINES || lines.join('|').length > MOST_LETTERS;
}

/** Several lines as one, as the box of one line takes them; null for a single line. */
export function joinLines(pasted) {
  const lines = linesOf(pasted);
  return lines.length > 1 ? lines.join(' | ') : null;
}

/** True when a text may name several parcels: at least two of its parts hold a digit. */
export function looksLikeList(text) {
  return text.split(/[|,;]/).filter((part) => /\d/.test(part)).length > 1;
}

/** A group of results with the one that selects all; null when fewer than two parcels are meant. */
export async function askList(text, { urls, wording, signal }) {
  const lines = linesOf(text);
  if (isTooLong(lines)) return null;
  const address = withLongParameters(urls.selectParcels, { list: lines.join('|'), lang: wording.language });
  const answer = await fetchJson(address, { signal }).catch((problem) => {
    if (signal.aborted) throw problem;
    return { features: [] };
  });
  if (answer.features.length < 2) return null;
  const title = wording.count('search.select_all', answer.features.length);
  return { layer: 'list', title: wording.say('search.list'), results: [{ title, subtitle: sayParcels(answer, wording), list: answer }] };
}

function sayParcels({ features, missing, unclear }, wording) {
  const names = features.slice(0, FEW).map((each) => `${each.ko} ${each.number}`).join(', ');
  const left = missing.length + unclear.length;
  const shown = features.length > FEW ? `${names} …` : names;
  return left > 0 ? `${shown} · ${wording.say('search.list_left', { count: left })}` : shown;
}
