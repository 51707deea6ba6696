// Printing at an exact scale: paper, orientation, scale and title, the frame of the sheet on the map, and the link
// to its PDF. The service draws the sheet; a browser's own printing knows no scale.

import { ICONS, element, icon } from '../../base/elements.js';
import { metresPerPixelAt, scaleDenominator } from '../../base/ground.js';
import { PrintFrame } from '../../map/print-frame.js';
import { writeLink } from '../../state/permalink.js';

const ROOM_AROUND_FRAME = 0.06;
/** What most printers have comes first. */
const PAPERS = ['a4', 'a3'];

export class PrintingPanel {
  /** `returnTo` gets the focus when the panel is closed by its reader. */
  constructor({ container, state, map, configuration, coordinates, wording, announcer, sheet, returnTo }) {
    Object.assign(this, { container, state, map, configuration, coordinates, wording, announcer, sheet, returnTo });
    this._frame = new PrintFrame(coordinates);
    this._build();
    container.addEventListener('keydown', ({ key }) => { if (key === 'Escape') this._leave(); });
    state.on('changed', () => this._write());
  }

  get isOpen() {
    return document.body.classList.contains('has-printing');
  }

  open() {
    this.state.emit('printing');
    this.map.free();
    this.container.replaceChildren(...this._parts);
    this.container.hidden = false;
    document.body.classList.add('has-printing');
    this.sheet.open();
    this._scale.value = String(this._nearestScale());
    this.map.lay(this._frame);
    this._show();
    this._heading.focus();
  }

  close() {
    if (!this.isOpen) return;
    this.container.hidden = true;
    document.body.classList.remove('has-printing');
    this.map.lift(this._frame);
  }

  /** Close at the reader's wish. */
  _leave() {
    this.close();
    this.sheet.set('low');
    this.returnTo.focus();
  }

  /** The frame at its size, the map so that it is seen, and the link. */
  _show() {
    const { width, height } = this._readSize();
    this._frame.setSize({ width, height });
    const box = this._frame.readBox();
    if (box) this.map.fit(box, { nearest: metresPerPixelAt(this._readScale()) / 2, room: ROOM_AROUND_FRAME });
    this._extent.textContent = this.wording.say('printing.frame', {
      width: this.wording.length(width), height: this.wording.length(height),
    });
    this._write();
  }

  _write() {
    if (!this.isOpen) return;
    const own = { scale: this._scale.value, paper: this._paper.value, orientation: this._orientation.value, title: this._title.value.trim() };
    const link = writeLink({ ...this._readState(), view: this.map.readView() }, this.coordinates, window.location.search);
    const asked = Object.entries(own).filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    this._link.href = `${this.configuration.urls.print}${link}&${asked.join('&')}`;
  }

  /** The state as links know it. */
  _readState() {
    const { theme, switched, opacities, labelled, order, selection, parcels, gridId, baseId, ownGridId, drawings } = this.state;
    return { theme, switched, opacities, labelled, order, selection, parcels, gridId, baseId, ownGridId, drawings };
  }

  _readScale() {
    return Number(this._scale.value);
  }

  /** Metres that the map of the chosen sheet shows. */
  _readSize() {
    const [width, height] = this.configuration.printing.papers[this._paper.value][this._orientation.value];
    const scale = this._readScale();
    return { width: (width / 1000) * scale, height: (height / 1000) * scale };
  }

  /** The scale that is offered nearest to what the map shows. */
  _nearestScale() {
    const now = Math.log(scaleDenominator(this.map.metresPerPixel));
    const away = (scale) => Math.abs(Math.log(scale) - now);
    return this.configuration.printing.scales.reduce((best, scale) => (away(scale) < away(best) ? scale : best));
  }

  _build() {
    const { scales, maxTitle } = this.configuration.printing;
    const say = (key) => this.wording.say(`printing.${key}`);
    const label = say('close');
    this._heading = element('h2', { class: 'answer__heading', id: 'printing-heading', tabindex: '-1' }, say('heading'));
    this._title = element('input', { class: 'field', id: 'printing-title', type: 'text', maxlength: maxTitle, autocomplete: 'off', 'aria-describedby': 'printing-title-hint', oninput: () => this._write() });
    this._paper = this._buildChoice('paper', PAPERS.map((name) => [name, say(name)]));
    this._orientation = this._buildChoice('orientation', ['portrait', 'landscape'].map((name) => [name, say(name)]));
    this._scale = this._buildChoice('scale', scales.map((scale) => [scale, `1 : ${this.wording.number(scale)}`]));
    this._extent = element('p', { class: 'printing__extent', 'aria-live': 'polite' });
    this._link = element('a', { class: 'button printing__link', target: '_blank', rel: 'noopener' }, say('make'));
    this._parts = [
      element('header', { class: 'answer__header' }, this._heading,
        element('button', { type: 'button', class: 'tool tool--plain', title: label, 'aria-label': label, onclick: () => this._leave() }, icon(ICONS.close))),
      element('div', { class: 'printing__form' },
        element('p', { class: 'field__hint' }, say(this.coordinates.projection ? 'lead' : 'lead_without_frame')),
        this._labelled('scale', this._scale),
        element('div', { class: 'printing__pair' }, this._labelled('paper', this._paper), this._labelled('orientation', this._orientation)),
        this._extent,
        this._labelled('title', this._title),
        element('p', { class: 'field__hint', id: 'printing-title-hint' }, say('title_hint')),
        this._link,
        element('p', { class: 'field__hint' }, say('making'))),
    ];
  }

  _labelled(name, field) {
    return element('div', { class: 'printing__field' }, element('label', { for: `printing-${name}` }, this.wording.say(`printing.${name}`)), field);
  }

  _buildChoice(name, pairs) {
    return element('select', { class: 'field', id: `printing-${name}`, onchange: () => this._show() },
      ...pairs.map(([value, text]) => element('option', { value }, text)));
  }
}
