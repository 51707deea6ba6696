// Keeps the address of the page in step with the state. Choosing a theme or a place is a step that "back"
// returns from; moving about and switching layers only rewrites the address.

import { afterPause } from '../base/events.js';
import { readLink, writeLink } from './permalink.js';

const WRITE_PAUSE_MILLISECONDS = 250;

export function followAddressBar(state, configuration, coordinates) {
  const write = () => window.history.replaceState(null, '', writeLink(state, coordinates, window.location.search));
  const writeSoon = afterPause(write, WRITE_PAUSE_MILLISECONDS);
  state.on('changed', ({ step }) => {
    if (step) window.history.pushState(null, '', writeLink(state, coordinates, window.location.search));
    else writeSoon();
  });
  window.addEventListener('popstate', () => {
    state.restore(readLink(window.location.search, configuration, coordinates));
  });
}
