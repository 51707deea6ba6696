// The one search box: asks while people type, shows answers in groups, is driven by the keyboard (the
// combobox pattern of ARIA 1.2 by @github/combobox-nav), and tells what was picked.

import Combobox from '@github/combobox-nav';
import { withParameters } from '../base/configuration.js';
import { element } from '../base/elements.js';
import { Emitter, afterPause } from '../base/events.js';
import { splitByTyped } from '../base/matching.js';
import { LatestQuestion, fetchJson } from '../base/requests.js';
import { askList, joinLines, looksLikeList } from './list-question.js';

const TYPING_PAUSE_MILLISECONDS = 120;
const MOST_RESULTS = 8;

// What the search says about finding nothing, as the sentence for it.
const ADVICE = {
  coordinates_elsewhere: 'search.nothing_elsewhere',
  unknown_place: 'search.nothing_place',
  no_such_parcel: 'search.nothing_parcel',
};
const MOST_LETTERS = 100;
// as many words as the server reads (layers/search.py), of the first line
const BEGINNING = /^(?:[\s,;]*[^\s,;|]+){1,12}/;

/** Events: `picked` with a result of /search, `listed` with the parcels of a pasted list. */
export class SearchBox extends Emitter {
  constructor({ form, input, list, message, clear }, { urls, wording, announcer }) {
    super();
    Object.assign(this, { form, input, list, message, clear, urls, wording, announcer });
    this._question = new LatestQuestion();
    this._results = new Map();
    this._combobox = new Combobox(input, list, { tabInsertsSuggestions: false, firstOptionSelectionMode: 'active' });
    this._shownFor = '';
    this._askedFor = '';
    this._askSoon = afterPause(() => this._askIfNew(), TYPING_PAUSE_MILLISECONDS);
    this._listen();
  }

  /** Show the name of what was found some other way. */
  showText(text) {
    this.input.value = text;
    this._shownFor = text.trim();
    this.clear.hidden = text === '';
    this._close();
  }

  _listen() {
    this.input.addEventListener('input', () => {
      this.clear.hidden = this.input.value === '';
      this._askSoon();
    });
    this.input.addEventListener('paste', (event) => this._pasteLines(event));
    this.input.addEventListener('focus', () => { if (this._results.size > 0) this._open(); });
    this.input.addEventListener('keydown', (event) => { if (event.key === 'Escape') this._close(); });
    this.input.addEventListener('keydown', (event) => this._holdBackStale(event), { capture: true });
    this.list.addEventListener('combobox-commit', ({ target }) => this._pick(target));
    this.clear.addEventListener('click', () => this._empty());
    this.form.addEventListener('submit', (event) => { event.preventDefault(); this._submit(); });
    document.addEventListener('pointerdown', ({ target }) => { if (!this.form.contains(target)) this._close(); });
    this.form.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget && !this.form.contains(relatedTarget)) this._close();
    });
  }

  /** A field of one line would run pasted lines together. */
  _pasteLines(event) {
    const line = joinLines(event.clipboardData?.getData('text/plain') ?? '');
    if (line === null) return;
    event.preventDefault();
    this.input.setRangeText(line, this.input.selectionStart, this.input.selectionEnd, 'end');
    this.input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }

  /** Return pressed before the answer to the last letter is here must not take an older suggestion. */
  _holdBackStale(event) {
    if (event.key !== 'Enter' || this._isUpToDate()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this._submit();
  }

  /** True when the results are those of the text in the box, or the box holds what was picked. */
  _isUpToDate() {
    return this._shownFor === this.input.value.trim();
  }

  /** Ask, unless the answer is here or on its way: asking again would drop what waits for it, a Return. */
  _askIfNew() {
    const isOnItsWay = this._askedFor === this.input.value.trim();
    if (!isOnItsWay && !this._isUpToDate()) this._ask();
  }

  async _ask() {
    const text = this.input.value.trim();
    this._askedFor = text;
    if (text === '') {
      this._question.drop();
      this._show({ groups: [] });
      this._close();
      return null;
    }
    try {
      const answer = await this._question.ask((signal) => this._find(text, signal));
      if (answer) {
        this._askedFor = '';
        this._shownFor = text;
        this._show(answer);
      }
      return answer;
    } catch {
      this._askedFor = '';
      this._tell(this.wording.say('search.failed'));
      return null;
    }
  }

  /** What the search finds, of several lines in the first; and before it all parcels of a list, when there is one. */
  async _find(text, signal) {
    const { urls, wording } = this;
    const address = withParameters(urls.search, { q: shorten(text), lang: wording.language, limit: MOST_RESULTS });
    const list = looksLikeList(text) ? askList(text, { urls, wording, signal }) : null;
    const [found, all] = await Promise.all([fetchJson(address, { signal }), list]);
    return all ? { groups: [all, ...found.groups] } : found;
  }

  /** Return without a chosen suggestion takes the first one. */
  async _submit() {
    const answer = await this._ask();
    if (!answer) return;
    const first = this.list.querySelector('[role="option"]');
    if (first) this._pick(first);
  }

  _show({ groups, alike = false, advice = null }) {
    this._results.clear();
    const shown = groups.filter((group) => group.results.length > 0).map((group) => this._buildGroup(group));
    const meant = alike ? this.wording.say('search.meant') : '';
    this.list.replaceChildren(...(alike ? [element('div', { class: 'search__meant' }, meant)] : []), ...shown);
    const count = this._results.size;
    if (count === 0) {
      this._close();
      const text = this.input.value.trim();
      if (text !== '') this._tell(this.wording.say(ADVICE[advice] ?? 'search.nothing', { text }));
      return;
    }
    this._open();
    this.announcer.say(`${meant} ${this.wording.count('search.found', count)}`.trim());
  }

  _buildGroup({ layer, kind, title, results }) {
    const heading = element('div', { class: 'search__group-title', id: `search-group-${kind}-${layer}` }, title);
    const options = results.map((result) => {
      const id = `search-result-${this._results.size}`;
      this._results.set(id, result);
      return element('div', { class: 'search__option', role: 'option', id },
        element('span', { class: 'search__option-title' }, ...this._marked(result.title)),
        result.subtitle ? element('span', { class: 'search__option-subtitle' }, result.subtitle) : null,
        result.note ? element('span', { class: 'search__option-note' }, result.note) : null);
    });
    return element('div', { class: 'search__group', role: 'group', 'aria-labelledby': heading.id }, heading, ...options);
  }

  /** The title with what was typed set off, so that people see why it was found. */
  _marked(title) {
    return splitByTyped(title, this.input.value).map(({ text, isTyped }) => (isTyped ? element('mark', {}, text) : text));
  }

  _pick(option) {
    const result = this._results.get(option.id);
    if (!result) return;
    if (result.list) {
      this.showText('');
      this.emit('listed', result.list);
      return;
    }
    this.showText(result.title);
    this.emit('picked', result);
  }

  _empty() {
    this._question.drop();
    this._askedFor = '';
    this.showText('');
    this._show({ groups: [] });
    this.input.focus();
  }

  _open() {
    this.message.hidden = true;
    this.list.hidden = false;
    this._combobox.stop();
    this._combobox.start();
  }

  _close() {
    this.list.hidden = true;
    this.message.hidden = true;
    this._combobox.stop();
  }

  _tell(text) {
    this.list.hidden = true;
    this._combobox.stop();
    this.message.textContent = text;
    this.message.hidden = false;
    this.announcer.say(text);
  }
}

/** What of a text is searched: a list may be longer than a question. */
function shorten(text) {
  return (BEGINNING.exec(text)?.[0] ?? text).slice(0, MOST_LETTERS);
}
