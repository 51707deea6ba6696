// The contents of the map: which theme is shown and its documents, its layers from the uppermost down, and the
// ground below them.

import { element } from '../base/elements.js';
import { oncePerFrame } from '../base/events.js';
import { GroundChoice } from './ground-choice.js';
import { documentList } from './layer-details.js';
import { LayerRow } from './layer-row.js';

export class Contents {
  constructor(container, { state, map, configuration, wording, announcer }) {
    Object.assign(this, { container, state, map, configuration, wording, announcer });
    this._rows = [];
    this._missing = [];
    this._refreshSoon = oncePerFrame(() => this.refresh());
    this._build();
    state.on('theme', () => this._showTheme());
    state.on('layers', () => this.refresh());
    state.on('order', () => this._arrange());
    state.on('restored', () => this._showTheme());
    map.on('settled', this._refreshSoon);
    map.on('missing', (ids) => this._mark(ids));
  }

  /** Show anew what depends on scale, state and what the map shows. */
  refresh() {
    const states = new Map(this.state.layerStates().map((each) => [each.id, each]));
    const { metresPerPixel } = this.map;
    for (const row of this._rows) {
      const isMissing = this._missing.includes(row.id);
      row.refresh(states.get(row.id), { metresPerPixel, isMissing, inSight: this.map.valuesInSight(row.id) });
    }
  }

  _build() {
    this._themes = element('fieldset', { class: 'themes' },
      element('legend', { class: 'themes__legend' }, this.wording.say('themes.heading')),
      element('div', { class: 'themes__choices' }, ...this.configuration.themes.map((theme) => this._buildChoice(theme))));
    this._description = element('div', { class: 'themes__description' });
    this._list = element('ul', { class: 'layers', 'aria-labelledby': 'layers-heading' });
    this._ground = new GroundChoice({ state: this.state, configuration: this.configuration, wording: this.wording });
    this.container.append(
      this._themes,
      this._description,
      element('h3', { class: 'contents__heading', id: 'layers-heading' }, this.wording.say('layers.heading')),
      this._list,
      ...this._ground.elements,
      element('p', { class: 'contents__notice' }, this.configuration.portal.notice),
    );
    this._showTheme();
  }

  _buildChoice(theme) {
    return element('label', { class: 'themes__choice' },
      element('input', {
        type: 'radio', name: 'theme', value: theme.id, class: 'themes__input',
        onchange: () => this.state.chooseTheme(theme.id),
      }),
      element('span', { class: 'themes__title' }, theme.title));
  }

  _showTheme() {
    const { theme } = this.state;
    for (const input of this._themes.querySelectorAll('input')) input.checked = input.value === theme.id;
    this._description.replaceChildren(
      element('p', {}, theme.description), theme.documents.length > 0 ? documentList(theme.documents) : '');
    const { layers } = this.configuration;
    const { state, wording, configuration, announcer } = this;
    const parts = { state, wording, configuration, announcer, onRetry: () => this.map.retry() };
    this._rows = theme.layers.map((id) => new LayerRow(layers[id], parts));
    this._list.replaceChildren();
    this._arrange();
    this.refresh();
    this._ground.refresh();
  }

  /** Layers that did not answer are marked; those that fell silent just now are told. */
  _mark(ids) {
    const silent = ids.filter((id) => !this._missing.includes(id));
    this._missing = ids;
    this._refreshSoon();
    for (const id of silent) this.announcer.say(`${this.configuration.layers[id].title}: ${this.wording.say('layers.missing')}`);
  }

  /** Rows stand as the layers lie: the uppermost first. */
  _arrange() {
    const rows = new Map(this._rows.map((row) => [row.id, row]));
    const order = this.state.layersInOrder().reverse();
    for (const [place, id] of order.entries()) {
      const row = rows.get(id);
      if (this._list.children[place] !== row.element) this._list.insertBefore(row.element, this._list.children[place] ?? null);
      row.placeBetween({ first: place === 0, last: place === order.length - 1 });
    }
  }
}
