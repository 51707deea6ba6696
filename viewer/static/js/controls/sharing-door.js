// The way into sharing. The panel comes when somebody wants to share; the address bar holds the link all the time.

import { loadSheets } from '../base/style-sheets.js';
import { tellNotLoaded } from './not-loaded.js';

/** What takes the place of the panel when it is opened or asked for. */
const OTHERS = ['selection', 'parcels', 'drawing', 'printing'];

export class SharingDoor {
  /** `button` opens; `parts` as SharingPanel takes them. */
  constructor(button, parts) {
    this._parts = { ...parts, returnTo: button };
    this._panel = null;
    for (const name of OTHERS) parts.state.on(name, () => this._panel?.close());
    button.addEventListener('click', () => this.open());
    button.hidden = false;
  }

  async open() {
    try {
      const [{ SharingPanel }] = await Promise.all([import('./sharing/panel.js'), loadSheets('sharing')]);
      this._panel ??= new SharingPanel(this._parts);
      this._panel.open();
    } catch {
      this._tellNotLoaded();
    }
  }

  _tellNotLoaded() {
    const { wording, returnTo } = this._parts;
    tellNotLoaded(this._parts, {
      name: 'sharing', text: wording.say('sharing.not_loaded'), retry: () => this.open(), onclose: () => returnTo.focus(),
    });
  }
}
