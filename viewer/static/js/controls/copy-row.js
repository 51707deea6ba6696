// A name, a value and a button that copies it in the form other programs read.

import { copyText } from '../base/clipboard.js';
import { ICONS, element, icon } from '../base/elements.js';

const SHOWN_MILLISECONDS = 2000;

export function copyRow({ name, hint, shown, copied }, { wording, announcer }) {
  const label = wording.say('copy.of', { name });
  const button = element('button', { type: 'button', class: 'tool tool--plain tool--copy', title: label, 'aria-label': label }, icon(ICONS.copy));
  button.addEventListener('click', async () => {
    const done = await copyText(copied).then(() => true, () => false);
    announcer.say(wording.say(done ? 'copy.done' : 'copy.failed'));
    button.classList.toggle('tool--done', done);
    setTimeout(() => button.classList.remove('tool--done'), SHOWN_MILLISECONDS);
  });
  return element('div', { class: 'copy-row' },
    element('span', { class: 'copy-row__name', title: hint }, name),
    element('span', { class: 'copy-row__value' }, shown),
    button);
}
