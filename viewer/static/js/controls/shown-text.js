// What an embedded map shows, in words: for those who do not see it, and for those who want to know what they see.

import { element } from '../base/elements.js';

export class ShownText {
  constructor(container, { state, configuration, wording }) {
    Object.assign(this, { container, state, configuration, wording });
    for (const name of ['theme', 'layers', 'restored']) state.on(name, () => this.refresh());
    this.refresh();
  }

  refresh() {
    const { layers } = this.configuration;
    const shown = this.state.layerStates().filter(({ id, visible }) => visible && layers[id].available).reverse();
    this.container.replaceChildren(
      element('p', {}, element('strong', {}, this.state.theme.title), ` – ${this.state.theme.description}`),
      element('ul', { class: 'embed__layers' }, ...shown.map(({ id }) => this._buildLine(layers[id]))),
    );
  }

  _buildLine({ title, provider, stateDate }) {
    const source = this.wording.say('answer.state', { date: this.wording.date(stateDate) });
    return element('li', {}, `${title} (${provider}, ${source})`);
  }
}
