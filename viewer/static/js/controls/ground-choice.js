// What lies below the layers: a base map from outside or none, and with it the CRS the map is drawn in.

import { element } from '../base/elements.js';

const WEB_MERCATOR = 3857;

export class GroundChoice {
  constructor({ state, configuration, wording }) {
    Object.assign(this, { state, configuration, wording });
    this.elements = this._hasChoice() ? this._build() : [];
    this.refresh();
  }

  refresh() {
    if (this._select) this._select.value = `${this.state.gridId}/${this.state.baseId ?? ''}`;
  }

  _hasChoice() {
    return this.configuration.grids.length + this.configuration.baseMaps.length > 1;
  }

  _build() {
    this._select = element('select', {
      class: 'ground__select', id: 'ground', onchange: ({ target }) => this._choose(target.value),
    }, ...this._plainOptions(), ...this._pictureOptions());
    return [element('p', { class: 'ground' },
      element('label', { class: 'ground__label', for: 'ground' }, this.wording.say('ground.label')), this._select)];
  }

  _plainOptions() {
    return this.configuration.grids.map(({ id, srid }) => {
      const key = srid === WEB_MERCATOR ? 'ground.plain_web' : 'ground.plain_own';
      return element('option', { value: `${id}/` }, this.wording.say(key, { crs: this.configuration.projection?.name }));
    });
  }

  /** Each base map once, in the first grid that it fits. */
  _pictureOptions() {
    const { grids, baseMaps } = this.configuration;
    return baseMaps.flatMap((base) => {
      const grid = grids.find(({ id }) => base.grid === null || base.grid === id);
      return grid ? [element('option', { value: `${grid.id}/${base.id}` }, base.title)] : [];
    });
  }

  _choose(value) {
    const [gridId, baseId] = value.split('/');
    this.state.chooseGround(gridId, baseId || null);
  }
}
