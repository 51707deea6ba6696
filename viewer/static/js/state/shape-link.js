// Drawings in a link (docs/permalink.md, `draw`): kind, colour, then east and north in centimetres to the base
// of 36, the first in full and each further one as the step from the one before, then `~` and the text.

import { tidyShape } from '../base/shapes.js';

/** Links longer than this are cut by mail programs and chats. */
export const MOST_LINK_SIGNS = 2000;
const LETTERS = { point: 'p', line: 'l', area: 'a' };
const NAMES = { p: 'point', l: 'line', a: 'area' };
const FORM = /^([pla])(\d)(-?[0-9a-z]{1,7}(?:\.-?[0-9a-z]{1,7})*)(?:~([^]*))?$/;
const BASE = 36;

export function writeShape({ kind, points, colour, text }) {
  let before = [0, 0];
  const numbers = points.flatMap(([x, y]) => {
    const now = [Math.round(x * 100), Math.round(y * 100)];
    const step = [now[0] - before[0], now[1] - before[1]];
    before = now;
    return step.map((each) => each.toString(BASE));
  });
  return `${LETTERS[kind]}${colour}${numbers.join('.')}${text ? `~${text}` : ''}`;
}

/** The shape, or null for anything that is not one, or lies out of reach. */
export function readShape(code, isInReach) {
  const [, letter, colour, numbers, text] = FORM.exec(code) ?? [];
  if (!letter) return null;
  const steps = numbers.split('.').map((each) => Number.parseInt(each, BASE));
  if (steps.length % 2 !== 0) return null;
  let [x, y] = [0, 0];
  const points = [];
  for (let at = 0; at < steps.length; at += 2) {
    x += steps[at];
    y += steps[at + 1];
    points.push([x / 100, y / 100]);
  }
  const shape = tidyShape({ kind: NAMES[letter], points, colour: Number(colour), text }, isInReach);
  return shape.fault ? null : shape;
}
