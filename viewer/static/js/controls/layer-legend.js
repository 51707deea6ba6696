// The legend of one layer: what is drawn in the window of the map, and behind a fold the rest.

import { element } from '../base/elements.js';

const FEW_ENTRIES = 6;

export class LayerLegend {
  /** `entries` as the configuration has them: {value, title, swatch}. */
  constructor(entries, wording) {
    Object.assign(this, { entries, wording });
    this._seen = element('ul', { class: 'legend' });
    this._summary = element('summary', {});
    this._unseen = element('ul', { class: 'legend' });
    this._rest = element('details', { class: 'legend-rest' }, this._summary, this._unseen);
    this._lines = entries.map((entry) => element('li', { class: 'legend__entry' }, swatch(entry), element('span', {}, entry.title)));
    this.element = element('div', {}, this._seen, this._rest);
    this.refresh(null);
  }

  /** Show entries of these class values first; without any, the first few of all. */
  refresh(values) {
    const known = values && values.size > 0;
    const chosen = this.entries.map(({ value }, place) => (known ? values.has(value) : this._isAmongFirst(place)));
    if (chosen.join() === this._chosen) return;
    this._chosen = chosen.join();
    const lines = (wanted) => this._lines.filter((_, place) => chosen[place] === wanted);
    this._seen.replaceChildren(...lines(true));
    this._unseen.replaceChildren(...lines(false));
    this._rest.hidden = lines(false).length === 0;
    this._summary.textContent = this.wording.say(known ? 'legend.elsewhere' : 'legend.rest', { count: lines(false).length });
  }

  _isAmongFirst(place) {
    return place < FEW_ENTRIES || this.entries.length <= FEW_ENTRIES + 1;
  }
}

export function swatch({ swatch: address }) {
  return element('img', { class: 'swatch', src: address, alt: '', width: 28, height: 18 });
}
