// Says when parts of the map do not come, and offers to try again. What is there stays.

import { element } from '../base/elements.js';

export function showMapHealth(message, { map, wording }) {
  const hide = () => { message.hidden = true; };
  const retry = element('button', { type: 'button', class: 'button button--small', onclick: () => { hide(); map.retry(); } }, wording.say('map.retry'));
  map.on('failed', () => {
    message.replaceChildren(element('span', {}, wording.say(navigator.onLine ? 'map.failed' : 'map.offline')), retry);
    message.hidden = false;
  });
  window.addEventListener('online', () => { if (!message.hidden) { hide(); map.retry(); } });
}
