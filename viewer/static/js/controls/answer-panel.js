// The panel that answers one click: where am I, which parcel, which zone, what lies here, from which source.
// A region of the page with its own heading, never a popup of the map engine.

import { ICONS, element, icon } from '../base/elements.js';
import { Emitter } from '../base/events.js';
import { buildHeading, buildPlace, buildSections, buildSources } from './answer-parts.js';

/** Events: `closed`, `gathered` ({id, way}: a parcel that a selection shall begin with). */
export class AnswerPanel extends Emitter {
  constructor(container, { configuration, coordinates, wording, announcer, sheet }) {
    super();
    Object.assign(this, { container, configuration, coordinates, wording, announcer, sheet });
    this._pageTitle = document.title;
    container.addEventListener('keydown', (event) => { if (event.key === 'Escape') this.close(); });
  }

  showWaiting() {
    this._fill(this._header(this.wording.say('answer.waiting')), element('div', { class: 'answer__waiting', 'aria-hidden': 'true' }));
    this.container.setAttribute('aria-busy', 'true');
    this._open();
  }

  /**
   * `answer` as /identify gives it; `main` the feature that the heading names, or null; `gone` what was asked for
   * by name and is not there any more, {layer, id}, or null.
   */
  show(answer, main, gone = null) {
    const parts = {
      configuration: this.configuration, coordinates: this.coordinates, wording: this.wording, announcer: this.announcer,
      gather: (id, way) => this.emit('gathered', { id, way }),
    };
    const { title, subtitle } = buildHeading(answer, main, parts);
    this.container.removeAttribute('aria-busy');
    this._fill(
      this._header(title, subtitle),
      gone && element('p', { class: 'answer__problem' }, this._sayGone(gone)),
      buildPlace(answer, parts),
      ...buildSections(answer, main, parts),
      buildSources(answer, parts),
      element('p', { class: 'answer__notice' }, this.configuration.portal.notice),
    );
    this._open();
    document.title = `${title} · ${this._pageTitle}`;
    this.announcer.say(this.wording.say('answer.ready', { title }));
  }

  /** A link named {layer, id}, and the published data do not have it. */
  showGone(gone) {
    const text = this._sayGone(gone);
    this.container.removeAttribute('aria-busy');
    this._fill(
      this._header(this.wording.say('answer.gone_heading')),
      element('p', { class: 'answer__problem' }, text),
      element('p', { class: 'answer__problem' }, this.wording.say('answer.gone_search')),
    );
    this._open();
    this.announcer.say(text);
  }

  showProblem(retry) {
    const text = this.wording.say('answer.failed');
    this.container.removeAttribute('aria-busy');
    this._fill(
      this._header(this.wording.say('answer.failed_heading')),
      element('p', { class: 'answer__problem' }, text),
      element('button', { type: 'button', class: 'button', onclick: retry }, this.wording.say('answer.retry')),
    );
    this.announcer.say(text);
  }

  hide() {
    this.container.hidden = true;
    this.container.replaceChildren();
    document.title = this._pageTitle;
    document.body.classList.remove('has-answer');
  }

  /** Put the keyboard where the answer begins; for those who did not click on the map. */
  focus() {
    this.container.querySelector('h2')?.focus();
  }

  /** Close at the reader's wish. */
  close() {
    this.hide();
    this.emit('closed');
  }

  _sayGone({ layer, id }) {
    const { title, role } = this.configuration.layers[layer];
    return this.wording.say(role === 'parcels' ? 'answer.gone_parcel' : 'answer.gone', { layer: title, id });
  }

  _header(title, subtitle = null) {
    const label = this.wording.say('answer.close');
    return element('header', { class: 'answer__header' },
      element('div', {},
        element('h2', { class: 'answer__heading', id: 'answer-heading', tabindex: '-1' }, title),
        subtitle ? element('p', { class: 'answer__subtitle' }, subtitle) : null),
      element('button', { type: 'button', class: 'tool tool--plain', 'aria-label': label, title: label, onclick: () => this.close() }, icon(ICONS.close)));
  }

  /** What comes takes the place of what stood there, and its focus. */
  _fill(...children) {
    const hadFocus = this.container.contains(document.activeElement);
    this.container.replaceChildren(...children.filter((child) => child !== null));
    this.container.scrollTop = 0;
    if (hadFocus) this.focus();
  }

  _open() {
    this.container.hidden = false;
    document.body.classList.add('has-answer');
    this.sheet.open();
  }
}
