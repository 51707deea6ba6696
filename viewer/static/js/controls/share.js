// Copies a link to what is shown. The address bar always holds it; the button is for those who do not look
// there.

import { copyText } from '../base/clipboard.js';

const SHOWN_MILLISECONDS = 2500;

export function buildShare(button, { wording, announcer, writeAddress }) {
  const text = button.querySelector('.button__text');
  button.hidden = false;
  button.addEventListener('click', async () => {
    writeAddress();
    const copied = await copyText(window.location.href).then(() => true, () => false);
    const said = wording.say(copied ? 'share.copied' : 'share.failed');
    text.textContent = said;
    announcer.say(said);
    setTimeout(() => { text.textContent = wording.say('share.copy'); }, SHOWN_MILLISECONDS);
  });
}
