// What stands in the place of a tool whose script did not come: that it is so, another try, and a way back.

import { ICONS, element, icon } from '../base/elements.js';

/** `name` of the tool: its heading is below that key, its class on the body is `has-…`. `text` says what is missing. */
export function tellNotLoaded({ container, wording, announcer, sheet }, { name, text, retry, onclose = null }) {
  const label = wording.say(`${name}.close`);
  const close = () => {
    container.hidden = true;
    document.body.classList.remove(`has-${name}`);
    onclose?.();
  };
  container.replaceChildren(
    element('header', { class: 'answer__header' },
      element('h2', { class: 'answer__heading', id: `${name}-heading` }, wording.say(`${name}.heading`)),
      element('button', { type: 'button', class: 'tool tool--plain', title: label, 'aria-label': label, onclick: close }, icon(ICONS.close))),
    element('p', { class: 'answer__problem' }, text),
    element('p', { class: 'answer__problem' },
      element('button', { type: 'button', class: 'button', onclick: retry }, wording.say('answer.retry'))));
  container.hidden = false;
  document.body.classList.add(`has-${name}`);
  sheet.open();
  announcer.say(text);
}
