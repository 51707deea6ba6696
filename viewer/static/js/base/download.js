// Hands over a file that was made in the browser: nothing is sent anywhere.

import { element } from './elements.js';

const KEPT_MILLISECONDS = 10_000;

export function saveFile(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element('a', { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MILLISECONDS);
}
