// The way into printing. The panel comes when it is first needed: most readers never print.

import { ICONS, element, icon } from '../base/elements.js';
import { tellNotLoaded } from './not-loaded.js';

export class PrintingDoor {
  /** `parts` as PrintingPanel takes them. */
  constructor(parts) {
    Object.assign(this, parts);
    this._parts = parts;
    this._panel = null;
    for (const name of ['selection', 'parcels', 'drawing']) this.state.on(name, () => this._panel?.close());
  }

  /** The button among the map's tools. */
  buildButton() {
    const label = this.wording.say('printing.heading');
    this._button = element('button', { type: 'button', class: 'tool', title: label, 'aria-label': label, onclick: () => this.open() }, icon(ICONS.print));
    return this._button;
  }

  async open() {
    try {
      const { PrintingPanel } = await import('./printing/panel.js');
      this._panel ??= new PrintingPanel({ ...this._parts, returnTo: this._button });
      this._panel.open();
    } catch {
      tellNotLoaded(this._parts, { name: 'printing', text: this.wording.say('printing.not_loaded'), retry: () => this.open() });
    }
  }
}
