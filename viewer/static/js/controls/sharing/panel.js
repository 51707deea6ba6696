// Sharing a view: its link to copy, to send, and as a code for phones. All of them say what the address bar says;
// nothing is kept on the server. They follow the map while the panel is open.

import { copyText } from '../../base/clipboard.js';
import { ICONS, element, icon } from '../../base/elements.js';
import { afterPause } from '../../base/events.js';
import { writeLink } from '../../state/permalink.js';
import { sayShown, writeMail } from './letter.js';

const SHOWN_MILLISECONDS = 2500;
const PAUSE_MILLISECONDS = 300;
/** CSS pixels of the code's side, kept free while it is on its way. */
const CODE_SIDE = 232;

export class SharingPanel {
  /** `returnTo` gets the focus when the panel is closed by its reader. */
  constructor({ container, state, configuration, coordinates, wording, announcer, sheet, returnTo }) {
    Object.assign(this, { container, state, configuration, coordinates, wording, announcer, sheet, returnTo });
    this._build();
    container.addEventListener('keydown', ({ key }) => { if (key === 'Escape') this._leave(); });
    const writeSoon = afterPause(() => this._write(), PAUSE_MILLISECONDS);
    for (const name of ['changed', 'restored']) state.on(name, writeSoon);
  }

  get isOpen() {
    return document.body.classList.contains('has-sharing');
  }

  open() {
    this.container.replaceChildren(...this._parts);
    this.container.hidden = false;
    document.body.classList.add('has-sharing');
    this.sheet.open();
    this._write();
    // Ready for Ctrl+C at once.
    this._field.focus();
    this._mark();
  }

  close() {
    if (!this.isOpen) return;
    this.container.hidden = true;
    document.body.classList.remove('has-sharing');
  }

  /** Close at the reader's wish. */
  _leave() {
    this.close();
    this.sheet.set('low');
    this.returnTo.focus();
  }

  _write() {
    if (!this.isOpen) return;
    const query = writeLink(this.state, this.coordinates, window.location.search);
    const link = `${window.location.origin}${window.location.pathname}${query}`;
    if (link === this._field.value) return;
    const { wording, configuration } = this;
    const { municipality } = configuration.portal;
    this._field.value = link;
    if (document.activeElement === this._field) this._mark();
    this._mail.href = writeMail({ link, municipality, shown: sayShown(this.state, { configuration, wording }) }, wording);
    const shown = new URLSearchParams(query);
    shown.set('lang', wording.language);
    this._embed.href = `${configuration.urls.builder}?${shown}`;
    this._showCode(link, query);
  }

  /** The code of a link, unless it would be too fine to be read. */
  _showCode(link, query) {
    const fits = link.length <= this.configuration.maxCodeAddress;
    this._code.hidden = !fits;
    this._problem.hidden = fits;
    this._problem.textContent = this.wording.say('sharing.code_too_long');
    if (!fits) return;
    this._picture.src = `${this.configuration.urls.code}${query}`;
    this._save.href = this._picture.src;
  }

  _tellNoCode() {
    this._code.hidden = true;
    this._problem.hidden = false;
    this._problem.textContent = this.wording.say('sharing.code_failed');
  }

  async _copy() {
    const copied = await copyText(this._field.value).then(() => true, () => false);
    const said = this.wording.say(copied ? 'sharing.copied' : 'sharing.failed');
    this.announcer.say(said);
    if (copied) {
      this._copyText.textContent = said;
      this._askAgainSoon();
    } else {
      this._lead.textContent = said;
      this._mark();
    }
  }

  /** From its end to its beginning, which stays in sight. */
  _mark() {
    this._field.setSelectionRange(0, this._field.value.length, 'backward');
    this._field.scrollLeft = 0;
  }

  /** The system's own list of apps; closing it without a choice is no mistake. */
  _sendWithApps() {
    navigator.share({ title: document.title, url: this._field.value }).catch(() => null);
  }

  _build() {
    const say = (key) => this.wording.say(`sharing.${key}`);
    const label = say('close');
    this._field = element('input', { class: 'field', id: 'sharing-link', type: 'text', readonly: true, onfocus: () => this._mark() });
    this._lead = element('p', { class: 'field__hint' }, say('lead'));
    this._copyText = element('span', {}, say('copy'));
    this._askAgainSoon = afterPause(() => { this._copyText.textContent = say('copy'); }, SHOWN_MILLISECONDS);
    this._mail = element('a', { class: 'button button--plain' }, say('mail'));
    this._embed = element('a', { class: 'button button--plain' }, say('embed'));
    const apps = navigator.share
      ? element('button', { type: 'button', class: 'button button--plain', onclick: () => this._sendWithApps() }, say('apps'))
      : null;
    this._parts = [
      element('header', { class: 'answer__header' },
        element('h2', { class: 'answer__heading', id: 'sharing-heading' }, say('heading')),
        element('button', { type: 'button', class: 'tool tool--plain', title: label, 'aria-label': label, onclick: () => this._leave() }, icon(ICONS.close))),
      element('div', { class: 'sharing__form' },
        element('div', { class: 'sharing__link' },
          element('label', { for: 'sharing-link' }, say('link')), this._field,
          element('button', { type: 'button', class: 'button', onclick: () => this._copy() }, icon(ICONS.copy), this._copyText)),
        this._lead,
        element('div', { class: 'sharing__ways' }, this._mail, apps, this._embed),
        ...this._buildCode(say)),
    ];
  }

  _buildCode(say) {
    this._picture = element('img', { class: 'sharing__picture', width: CODE_SIDE, height: CODE_SIDE, alt: say('code_alternative'), onerror: () => this._tellNoCode() });
    this._save = element('a', { class: 'button button--plain', download: say('code_file') }, say('code_save'));
    this._problem = element('p', { class: 'field__hint', hidden: true });
    this._code = element('figure', { class: 'sharing__code' },
      this._picture, element('figcaption', { class: 'field__hint' }, say('code_hint')), this._save);
    return [element('h3', { class: 'sharing__heading' }, say('code')), this._code, this._problem];
  }
}
