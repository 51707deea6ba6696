// Shows that the map is on its way when that takes long, says when parts of it do not come and offers to try
// again, says which layers have too many features here to be shown whole, and why a map is empty that is only too far
// away. The message is a live region.

import { element } from '../base/elements.js';
import { beyondScale, roundedDenominator } from '../base/ground.js';

const PATIENCE_MILLISECONDS = 400;
/** So much nearer than the limit that the nearest step of the map shows the layer. */
const NEARER = 0.7;

export function showMapHealth(message, { map, state, wording, configuration }) {
  showLoading(message.parentElement, map);
  let truncated = [];
  const tell = () => {
    const names = truncated.map((id) => configuration.layers[id].title).join(', ');
    const limit = firstInSight({ map, state, configuration });
    if (limit === null) message.replaceChildren(names && wording.say('map.truncated', { layers: names }));
    else showTooFar(message, limit, { map, wording });
    message.hidden = !names && limit === null;
  };
  const retry = element('button', { type: 'button', class: 'button button--small', onclick: () => { tell(); map.retry(); } }, wording.say('map.retry'));
  const tellUnlessBroken = () => { if (!retry.isConnected) tell(); };
  map.on('failed', () => {
    message.replaceChildren(element('span', {}, wording.say(navigator.onLine ? 'map.failed' : 'map.offline')), retry);
    message.hidden = false;
  });
  map.on('truncated', (layers) => {
    truncated = layers;
    tellUnlessBroken();
  });
  map.on('moved', tellUnlessBroken);
  for (const changed of ['theme', 'layers', 'ground', 'restored']) state.on(changed, tellUnlessBroken);
  window.addEventListener('online', () => { if (retry.isConnected) { tell(); map.retry(); } });
  tell();
}

/**
 * The metres per pixel from which on the first of the layers that are switched on is drawn; null when the map is not
 * empty for being too far away.
 */
function firstInSight({ map, state, configuration }) {
  if (state.baseId) return null;
  const shown = state.layerStates().filter(({ id, visible }) => visible && configuration.layers[id].available);
  const scales = shown.map(({ id }) => configuration.layers[id].style.scale);
  const isEmpty = scales.length > 0 && scales.every((scale) => beyondScale(scale, map.metresPerPixel) === 'too far');
  return isEmpty ? Math.max(...scales.map(({ max }) => max)) : null;
}

function showTooFar(message, limit, { map, wording }) {
  const nearer = () => map.show({ ...map.readView(), mpp: limit * NEARER });
  const text = wording.say('map.too_far', { scale: wording.number(roundedDenominator(limit)) });
  if (message.firstChild?.textContent === text) return;
  message.replaceChildren(
    element('span', {}, text),
    element('button', { type: 'button', class: 'button button--small', onclick: nearer }, wording.say('map.nearer')));
}

function showLoading(stage, map) {
  let timer = 0;
  map.on('loading', (isLoading) => {
    clearTimeout(timer);
    if (isLoading) timer = setTimeout(() => stage.classList.add('is-loading'), PATIENCE_MILLISECONDS);
    else stage.classList.remove('is-loading');
  });
}
