// The ways to add parcels: a pasted list, a drawn line or area, neighbours of what is selected, and what lies
// within a distance of it. One form is open at a time.

import { element } from '../../base/elements.js';
import { Emitter } from '../../base/events.js';
import { MOST_METRES } from './questions.js';

const USUAL_METRES = 10;

/** Events: `listed` (text), `drawn` ('line' or 'area'), `neighbours`, `near` (metres). */
export class AddForms extends Emitter {
  constructor({ wording }) {
    super();
    this.wording = wording;
    this._list = this._buildList();
    this._near = this._buildNear();
    this._openers = new Map([[this._list, this._buildOpener('selecting.by_list', this._list)], [this._near, this._buildOpener('selecting.by_distance', this._near)]]);
    this._neighbours = this._buildButton('selecting.by_neighbours', () => this.emit('neighbours'));
    this.element = element('div', { class: 'selecting__ways' },
      element('div', { class: 'selecting__choices', role: 'group', 'aria-label': wording.say('selecting.ways') },
        this._openers.get(this._list),
        this._buildButton('selecting.by_line', () => this._draw('line')),
        this._buildButton('selecting.by_area', () => this._draw('area')),
        this._neighbours,
        this._openers.get(this._near)),
      this._list, this._near);
    this.allowAround(false);
  }

  /** What lies around can be asked once something is selected. */
  allowAround(isAllowed) {
    this._neighbours.disabled = !isAllowed;
    this._openers.get(this._near).disabled = !isAllowed;
    if (!isAllowed && !this._near.hidden) this.close();
  }

  close() {
    this._toggle(null);
  }

  openDistance() {
    this._toggle(this._near);
    this._near.querySelector('input').focus();
  }

  _draw(kind) {
    this.close();
    this.emit('drawn', kind);
  }

  _toggle(wanted) {
    for (const [form, opener] of this._openers) {
      form.hidden = form !== wanted;
      opener.setAttribute('aria-expanded', String(form === wanted));
    }
  }

  _buildButton(key, onclick) {
    return element('button', { type: 'button', class: 'button button--plain', onclick }, this.wording.say(key));
  }

  _buildOpener(key, form) {
    const open = () => {
      this._toggle(form.hidden ? form : null);
      if (!form.hidden) form.querySelector('textarea, input').focus();
    };
    const opener = this._buildButton(key, open);
    opener.setAttribute('aria-expanded', 'false');
    opener.setAttribute('aria-controls', form.id);
    return opener;
  }

  _buildList() {
    const { wording } = this;
    const field = element('textarea', {
      id: 'selecting-list', class: 'field', rows: 5, spellcheck: 'false', autocapitalize: 'off', 'aria-describedby': 'selecting-list-hint',
    });
    return this._buildForm('selecting-list-form', () => this.emit('listed', field.value),
      element('label', { for: field.id }, wording.say('selecting.list_label')),
      field,
      element('p', { id: 'selecting-list-hint', class: 'field__hint' }, wording.say('selecting.list_hint')));
  }

  _buildNear() {
    const field = element('input', {
      id: 'selecting-metres', class: 'field field--short', type: 'number', min: 1, max: MOST_METRES, step: 'any', required: true, value: USUAL_METRES,
    });
    return this._buildForm('selecting-near-form', () => this.emit('near', field.valueAsNumber),
      element('label', { for: field.id }, this.wording.say('selecting.metres_label', { most: MOST_METRES })),
      field);
  }

  _buildForm(id, submit, ...children) {
    return element('form', { id, class: 'selecting__form', hidden: true, onsubmit: (event) => { event.preventDefault(); submit(); } },
      ...children,
      element('button', { type: 'submit', class: 'button' }, this.wording.say('selecting.add')));
  }
}
