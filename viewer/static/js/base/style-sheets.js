// Style sheets of parts that come when they are needed.

import { element } from './elements.js';

/** Adds sheets of css/ by name, each once; resolves when they are there. The build puts this module into js/. */
export function loadSheets(...names) {
  return Promise.all(names.map((name) => loadSheet(new URL(`../css/${name}.css`, import.meta.url).href)));
}

function loadSheet(address) {
  if (document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = element('link', { rel: 'stylesheet', href: address, onload: resolve });
    link.addEventListener('error', () => {
      link.remove();
      reject(new Error(address));
    });
    document.head.append(link);
  });
}
