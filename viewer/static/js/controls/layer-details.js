// What stands behind the fold of a layer's row: how see-through it is, its labels, its place among the others,
// where it comes from, and the way to its page and its data.

import { element, outsideLink } from '../base/elements.js';

export class LayerDetails {
  constructor(layer, { state, wording, configuration, announcer }) {
    Object.assign(this, { layer, state, wording, announcer, urls: configuration.urls });
    this._percent = element('output', { class: 'layer__percent' });
    this._slider = element('input', {
      type: 'range', min: 0, max: 100, step: 5, class: 'layer__slider', 'aria-label': wording.say('layers.opacity_of', { layer: layer.title }),
      oninput: ({ target }) => state.setOpacity(layer.id, target.valueAsNumber / 100),
    });
    this._labels = layer.style.label ? this._buildLabelSwitch() : null;
    this._higher = this._buildMove(1, 'layers.higher', 'layers.higher_of');
    this._lower = this._buildMove(-1, 'layers.lower', 'layers.lower_of');
    this.element = this._build();
  }

  refresh({ opacity, labelled }) {
    this._slider.value = Math.round(opacity * 100);
    this._percent.textContent = this.wording.percent(opacity);
    if (this._labels) this._labels.checked = labelled;
  }

  /** The end of the list has no further; a button with the keyboard on it is not taken away, only told. */
  placeBetween({ first, last }) {
    this._higher.setAttribute('aria-disabled', String(first));
    this._lower.setAttribute('aria-disabled', String(last));
  }

  _build() {
    const { layer, wording } = this;
    return element('details', { class: 'layer__more' },
      element('summary', { class: 'layer__summary' },
        element('span', { class: 'visually-hidden' }, wording.say('layers.more_of', { layer: layer.title }))),
      element('div', { class: 'layer__details' },
        element('p', {}, layer.description),
        element('div', { class: 'layer__opacity' }, element('span', {}, wording.say('layers.opacity')), this._slider, this._percent),
        this._labels && element('label', { class: 'layer__labels' }, this._labels, wording.say('layers.labels')),
        element('div', { class: 'layer__place' }, element('span', {}, wording.say('layers.place')), this._higher, this._lower),
        this._buildFacts(),
        layer.documents.length > 0 ? documentList(layer.documents) : null,
        layer.available ? this._buildWays() : null));
  }

  _buildFacts() {
    const { layer, wording } = this;
    const facts = [
      [wording.say('layers.provider'), layer.provider],
      [wording.say('layers.state_date'), wording.date(layer.stateDate)],
      [wording.say('layers.licence'), layer.licenceUrl ? outsideLink(layer.licenceUrl, layer.licence) : layer.licence],
    ];
    return element('dl', { class: 'facts facts--small' }, ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
  }

  _buildWays() {
    const page = this.urls.layerPage.replace('{layer}', this.layer.id);
    return element('p', { class: 'layer__ways' },
      element('a', { href: page }, this.wording.say('layers.about')),
      element('a', { href: `${page}#downloads` }, this.wording.say('layers.download')));
  }

  _buildLabelSwitch() {
    return element('input', {
      type: 'checkbox', class: 'layer__switch', onchange: ({ target }) => this.state.switchLabels(this.layer.id, target.checked),
    });
  }

  _buildMove(step, key, longKey) {
    const { layer, wording } = this;
    return element('button', {
      type: 'button', class: 'button button--small', 'aria-label': wording.say(longKey, { layer: layer.title }),
      onclick: ({ currentTarget }) => this._move(step, currentTarget),
    }, wording.say(key));
  }

  /** The row moves in the list, and the keyboard stays on the button that moved it. */
  _move(step, button) {
    if (button.getAttribute('aria-disabled') === 'true') return;
    this.state.moveLayer(this.layer.id, step);
    button.focus();
    const order = this.state.layersInOrder();
    const place = order.length - order.indexOf(this.layer.id);
    this.announcer.say(this.wording.say('layers.moved', { layer: this.layer.title, place, count: order.length }));
  }
}

export function documentList(documents) {
  return element('ul', { class: 'documents' }, ...documents.map(({ title, url }) => element('li', {}, outsideLink(url, title))));
}
