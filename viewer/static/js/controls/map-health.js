// Shows that the map is on its way when that takes long, says when parts of it do not come and offers to try
// again, and says which layers have too many features here to be shown whole. The message is a live region.

import { element } from '../base/elements.js';

const PATIENCE_MILLISECONDS = 400;

export function showMapHealth(message, { map, wording, configuration }) {
  showLoading(message.parentElement, map);
  let truncated = [];
  const hide = () => {
    const names = truncated.map((id) => configuration.layers[id].title).join(', ');
    message.replaceChildren(names && wording.say('map.truncated', { layers: names }));
    message.hidden = !names;
  };
  const retry = element('button', { type: 'button', class: 'button button--small', onclick: () => { hide(); map.retry(); } }, wording.say('map.retry'));
  map.on('failed', () => {
    message.replaceChildren(element('span', {}, wording.say(navigator.onLine ? 'map.failed' : 'map.offline')), retry);
    message.hidden = false;
  });
  map.on('truncated', (layers) => {
    truncated = layers;
    if (!retry.isConnected) hide();
  });
  window.addEventListener('online', () => { if (retry.isConnected) { hide(); map.retry(); } });
}

function showLoading(stage, map) {
  let timer = 0;
  map.on('loading', (isLoading) => {
    clearTimeout(timer);
    if (isLoading) timer = setTimeout(() => stage.classList.add('is-loading'), PATIENCE_MILLISECONDS);
    else stage.classList.remove('is-loading');
  });
}
