// The contents of the map: which theme is shown, its layers with legend, visibility and opacity, and the
// ground below them.

import { element } from '../base/elements.js';
import { GroundChoice } from './ground-choice.js';
import { LayerRow } from './layer-row.js';

export class Contents {
  /** `readScale` answers the ground metres per pixel that layers are judged by. */
  constructor(container, { state, configuration, wording, readScale }) {
    Object.assign(this, { container, state, configuration, wording, readScale });
    this._rows = [];
    this._build();
    state.on('theme', () => this._showTheme());
    state.on('layers', () => this.refresh());
    state.on('restored', () => this._showTheme());
  }

  /** Show anew what depends on scale and state. */
  refresh() {
    const states = new Map(this.state.layerStates().map((each) => [each.id, each]));
    const metresPerPixel = this.readScale();
    for (const row of this._rows) row.refresh(states.get(row.id), metresPerPixel);
  }

  _build() {
    this._themes = element('fieldset', { class: 'themes' },
      element('legend', { class: 'themes__legend' }, this.wording.say('themes.heading')),
      element('div', { class: 'themes__choices' }, ...this.configuration.themes.map((theme) => this._buildChoice(theme))));
    this._description = element('p', { class: 'themes__description' });
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
    this._description.textContent = theme.description;
    const { layers } = this.configuration;
    this._rows = [...theme.layers].reverse().map((id) => new LayerRow(layers[id], this));
    this._list.replaceChildren(...this._rows.map((row) => row.element));
    this.refresh();
    this._ground.refresh();
  }
}
