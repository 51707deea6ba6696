// Shows that the map is on its way when that takes long, says when parts of it do not come, and offers to try
// again. What is there stays.

import { element } from '../base/elements.js';

const PATIENCE_MILLISECONDS = 400;

export function showMapHealth(message, { map, wording }) {
  showLoading(message.parentElement, map);
  const hide = () => { message.hidden = true; };
  const retry = element('button', { type: 'button', class: 'button button--small', onclick: () => { hide(); map.retry(); } }, wording.say('map.retry'));
  map.on('failed', () => {
    message.replaceChildren(element('span', {}, wording.say(navigator.onLine ? 'map.failed' : 'map.offline')), retry);
    message.hidden = false;
  });
  window.addEventListener('online', () => { if (!message.hidden) { hide(); map.retry(); } });
}

function showLoading(stage, map) {
  let timer = 0;
  map.on('loading', (isLoading) => {
    clearTimeout(timer);
    if (isLoading) timer = setTimeout(() => stage.classList.add('is-loading'), PATIENCE_MILLISECONDS);
    else stage.classList.remove('is-loading');
  });
}
