// The panel of selected parcels: how to add some, what the last step did, the table, and what to do with them.
// It takes the place of the map's contents until it is closed.

import { ICONS, element, icon } from '../../base/elements.js';
import { Emitter } from '../../base/events.js';
import { AddForms } from './add-forms.js';
import { AnswerLinks } from './answer-links.js';
import { ParcelTable } from './parcel-table.js';

/** Events: `closed`, `cleared`, `shown` (all on the map), `saved` ('csv' or 'geojson'). */
export class SelectingPanel extends Emitter {
  constructor(container, { configuration, wording, announcer, sheet, drawingForm }) {
    super();
    Object.assign(this, { container, wording, announcer, sheet });
    this.forms = new AddForms({ wording });
    this.table = new ParcelTable({ urls: configuration.urls, wording });
    this._answers = new AnswerLinks({ urls: configuration.urls, wording });
    this._messages = element('div', { class: 'selecting__messages', hidden: true });
    this._waiting = element('div', { class: 'answer__waiting', 'aria-hidden': 'true', hidden: true });
    this._empty = element('p', { class: 'selecting__empty' }, wording.say('selecting.empty'));
    this._work = this._buildWork();
    container.replaceChildren(
      this._buildHeader(), this._waiting,
      element('p', { class: 'selecting__hint' }, wording.say('selecting.hint')),
      this.forms.element, drawingForm, this._messages, this._empty, this.table.element, this._answers.element, this._work);
    container.addEventListener('keydown', (event) => this._press(event));
  }

  open() {
    if (!this.container.hidden) return;
    this.container.hidden = false;
    this.container.scrollTop = 0;
    document.body.classList.add('has-selecting');
    this.sheet.open();
  }

  hide() {
    this.container.hidden = true;
    this.say([]);
    this.forms.close();
    document.body.classList.remove('has-selecting');
  }

  focus() {
    this._heading.focus();
  }

  wait(isWaiting) {
    this._waiting.hidden = !isWaiting;
    this.container.setAttribute('aria-busy', String(isWaiting));
  }

  /** `features` of /parcels/select, in order. */
  show(features) {
    this._count.textContent = this.wording.count('selecting.chosen', features.length);
    this._nameClosing(features.length === 0);
    this._empty.hidden = features.length > 0;
    this._work.hidden = features.length === 0;
    this.table.show(features);
    this._answers.show(features);
    this.forms.allowAround(features.length > 0);
  }

  /** What the last step did: sentences, {text, isWarning}; `retry` repeats what did not go. */
  say(sentences, { retry = null } = {}) {
    this._messages.hidden = sentences.length === 0;
    this._messages.replaceChildren(
      ...sentences.map(({ text, isWarning }) => element('p', { class: isWarning ? 'selecting__warning' : 'selecting__note' }, text)),
      retry ? element('button', { type: 'button', class: 'button', onclick: retry }, this.wording.say('answer.retry')) : '');
    if (sentences.length > 0) this.announcer.say(sentences.map(({ text }) => text).join(' '));
  }

  /** Escape closes, but not from a field, where somebody may have typed for a while. */
  _press({ key, target }) {
    if (key === 'Escape' && !target.matches('textarea, input')) this.emit('closed');
  }

  _buildHeader() {
    this._heading = element('h2', { class: 'answer__heading', id: 'selecting-heading', tabindex: '-1' }, this.wording.say('selecting.heading'));
    this._count = element('p', { class: 'answer__subtitle' });
    this._closing = element('button', { type: 'button', class: 'tool tool--plain', onclick: () => this.emit('closed') }, icon(ICONS.close));
    this._nameClosing(true);
    return element('header', { class: 'answer__header' },
      element('div', {}, this._heading, this._count),
      this._closing);
  }

  /** With parcels selected the button only puts the table away. */
  _nameClosing(isEmpty) {
    const label = this.wording.say(isEmpty ? 'selecting.close' : 'selecting.put_away');
    this._closing.title = label;
    this._closing.setAttribute('aria-label', label);
  }

  _buildWork() {
    const button = (key, act) => element('button', { type: 'button', class: 'button button--plain', onclick: act }, this.wording.say(key));
    return element('div', { class: 'selecting__work', role: 'group', 'aria-label': this.wording.say('selecting.work') },
      button('selecting.show_all', () => this.emit('shown')),
      button('selecting.save_csv', () => this.emit('saved', 'csv')),
      button('selecting.save_geojson', () => this.emit('saved', 'geojson')),
      button('selecting.clear', () => this.emit('cleared')));
  }
}
