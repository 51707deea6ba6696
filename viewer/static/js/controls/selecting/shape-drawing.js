// Drawing a line or an area to select by: the sketch on the map, a bar of buttons on it, and beside it a form for
// those who know the coordinates or want a belt. Everything the pointer does the keyboard and the form do too.

import { element } from '../../base/elements.js';
import { Emitter } from '../../base/events.js';
import { MOST_CORNERS, Sketch } from '../../map/sketch.js';
import { MOST_METRES } from './questions.js';

/** Events: `drawn` ({kind, corners, metres}), `cancelled`. */
export class ShapeDrawing extends Emitter {
  constructor({ map, stage, sheet, coordinates, wording, announcer }) {
    super();
    Object.assign(this, { map, stage, sheet, coordinates, wording, announcer });
    this._sketch = null;
    this._bar = this._buildBar();
    this.form = this._buildForm();
    stage.append(this._bar);
  }

  begin(kind) {
    this.end();
    const sketch = new Sketch(kind);
    this._sketch = sketch;
    sketch.on('changed', (corners) => this._show(corners));
    sketch.on('finished', () => this._finish());
    for (const event of ['cancelled', 'replaced']) sketch.on(event, () => this._cancel());
    sketch.on('full', () => this.announcer.say(this.wording.say('selecting.too_large')));
    this.map.use(sketch);
    this._title.textContent = this.wording.say(`selecting.draw_${kind}`);
    this._bar.setAttribute('aria-label', this._title.textContent);
    this._bar.hidden = false;
    this.form.hidden = false;
    this._show([]);
    this.sheet.set('low');
    this.map.focus();
    this.announcer.say(`${this._title.textContent} ${this.wording.say('selecting.draw_keys')}`);
  }

  end() {
    if (!this._sketch) return;
    this._sketch = null;
    this.map.use(null);
    this._bar.hidden = true;
    this.form.hidden = true;
  }

  _finish() {
    const { kind, corners } = this._sketch;
    const metres = this._belt.value === '' ? null : this._belt.valueAsNumber;
    if (!this._belt.reportValidity()) return;
    this.end();
    this.emit('drawn', { kind, corners, metres });
  }

  _cancel() {
    this.end();
    this.emit('cancelled');
  }

  _show(corners) {
    this._done.disabled = !this._sketch.isComplete;
    this._undo.disabled = corners.length === 0;
    this._corners.value = corners.map((corner) => this.coordinates.write(corner)).join('\n');
    this._corners.setCustomValidity('');
    if (corners.length > 0) this.announcer.say(this.wording.count('selecting.corner_count', corners.length));
  }

  /** Corners that were typed take the place of those drawn, and select when they suffice. */
  _takeTyped() {
    const lines = this._corners.value.split('\n').map((line) => line.replace(/\s+/g, '')).filter((line) => line !== '');
    const corners = lines.map((line) => this.coordinates.read(line));
    const wrong = corners.indexOf(null);
    const problem = wrong < 0 ? '' : this.wording.say('selecting.corner_unread', { line: lines[wrong] });
    this._corners.setCustomValidity(lines.length > MOST_CORNERS ? this.wording.say('selecting.too_large') : problem);
    if (!this._corners.reportValidity()) return;
    this._sketch.setCorners(corners);
    if (this._sketch.isComplete) this._finish();
    else this.announcer.say(this.wording.say('selecting.corners_few'));
  }

  _buildBar() {
    const button = (key, act, plain = true) => element('button', { type: 'button', class: plain ? 'button button--plain' : 'button', onclick: act }, this.wording.say(key));
    this._title = element('p', { class: 'sketch-bar__title' });
    this._undo = button('selecting.draw_undo', () => this._sketch.removeLast());
    this._done = button('selecting.draw_done', () => this._finish(), false);
    return element('div', { class: 'sketch-bar', role: 'group', hidden: true },
      this._title,
      element('div', { class: 'sketch-bar__buttons' }, this._done, this._undo, button('selecting.draw_cancel', () => this._cancel())));
  }

  _buildForm() {
    const { wording } = this;
    this._belt = element('input', { id: 'selecting-belt', class: 'field field--short', type: 'number', min: 1, max: MOST_METRES, step: 'any' });
    this._corners = element('textarea', { id: 'selecting-corners', class: 'field', rows: 4, spellcheck: 'false', 'aria-describedby': 'selecting-corners-hint' });
    const system = this.coordinates.name ?? 'WGS 84';
    const submit = (event) => {
      event.preventDefault();
      this._takeTyped();
    };
    return element('form', { class: 'selecting__form', hidden: true, novalidate: true, onsubmit: submit },
      element('label', { for: this._belt.id }, wording.say('selecting.belt_label')), this._belt,
      element('label', { for: this._corners.id }, wording.say('selecting.corners_label', { system })), this._corners,
      element('p', { id: 'selecting-corners-hint', class: 'field__hint' }, wording.say('selecting.corners_hint')),
      element('button', { type: 'submit', class: 'button' }, wording.say('selecting.corners_use')));
  }
}
