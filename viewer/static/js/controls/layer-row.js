// One layer in the list: a switch, its legend, how see-through it is, from which scale it shows, and where
// it comes from.

import { element, outsideLink } from '../base/elements.js';
import { beyondScale, roundedDenominator } from '../base/ground.js';

const FEW_ENTRIES = 6;

export class LayerRow {
  constructor(layer, { state, wording, configuration }) {
    this.id = layer.id;
    Object.assign(this, { layer, state, wording, urls: configuration.urls });
    this.element = this._build();
  }

  /** `shown` is {visible, opacity}. */
  refresh({ visible, opacity }, metresPerPixel) {
    this._switch.checked = visible && this.layer.available;
    this._slider.value = Math.round(opacity * 100);
    this._percent.textContent = this.wording.percent(opacity);
    const hint = this._scaleHint(metresPerPixel);
    this._hint.textContent = hint ?? '';
    this._hint.hidden = !visible || hint === null;
    this.element.classList.toggle('layer--off', !visible);
    this.element.classList.toggle('layer--out-of-scale', hint !== null);
  }

  _build() {
    const { layer, wording } = this;
    this._switch = element('input', {
      type: 'checkbox', class: 'layer__switch', disabled: !layer.available,
      onchange: ({ target }) => this.state.switchLayer(layer.id, target.checked),
    });
    this._hint = element('p', { class: 'layer__hint', hidden: true });
    this._percent = element('output', { class: 'layer__percent' });
    this._slider = element('input', {
      type: 'range', min: 0, max: 100, step: 5, class: 'layer__slider', 'aria-label': wording.say('layers.opacity_of', { layer: layer.title }),
      oninput: ({ target }) => this.state.setOpacity(layer.id, target.valueAsNumber / 100),
    });
    const single = layer.legend.length === 1 ? swatch(layer.legend[0]) : null;
    return element('li', { class: 'layer', 'data-layer': layer.id },
      element('div', { class: 'layer__line' },
        element('label', { class: 'layer__label' }, this._switch, single, element('span', { class: 'layer__title' }, layer.title)),
        this._buildMore()),
      layer.available ? null : element('p', { class: 'layer__hint' }, wording.say('status.never_loaded')),
      this._hint,
      layer.legend.length > 1 ? this._buildLegend() : null);
  }

  _buildMore() {
    const { layer, wording } = this;
    const facts = [
      [wording.say('layers.provider'), layer.provider],
      [wording.say('layers.state_date'), wording.date(layer.stateDate)],
      [wording.say('layers.licence'), layer.licenceUrl ? outsideLink(layer.licenceUrl, layer.licence) : layer.licence],
    ];
    return element('details', { class: 'layer__more' },
      element('summary', { class: 'layer__summary' },
        element('span', { class: 'visually-hidden' }, wording.say('layers.more_of', { layer: layer.title }))),
      element('div', { class: 'layer__details' },
        element('p', {}, layer.description),
        element('div', { class: 'layer__opacity' }, element('span', {}, wording.say('layers.opacity')), this._slider, this._percent),
        element('dl', { class: 'facts facts--small' }, ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
        layer.documents.length > 0
          ? element('ul', { class: 'documents' }, ...layer.documents.map(({ title, url }) => element('li', {}, outsideLink(url, title))))
          : null,
        layer.available ? element('a', { class: 'layer__about', href: this.urls.layerPage.replace('{layer}', layer.id) }, wording.say('layers.about')) : null));
  }

  _buildLegend() {
    const { legend } = this.layer;
    const entries = (some) => some.map((entry) => element('li', { class: 'legend__entry' }, swatch(entry), element('span', {}, entry.title)));
    const first = element('ul', { class: 'legend' }, ...entries(legend.slice(0, FEW_ENTRIES)));
    if (legend.length <= FEW_ENTRIES + 1) {
      first.append(...entries(legend.slice(FEW_ENTRIES)));
      return first;
    }
    const rest = element('details', { class: 'legend-rest' },
      element('summary', {}, this.wording.say('legend.all', { count: legend.length })),
      element('ul', { class: 'legend' }, ...entries(legend.slice(FEW_ENTRIES))));
    return element('div', {}, first, rest);
  }

  /** Why the layer does not show at this scale; null when it does. */
  _scaleHint(metresPerPixel) {
    const { min, max } = this.layer.style.scale;
    const say = (key, limit) => this.wording.say(key, { scale: this.wording.number(roundedDenominator(limit)) });
    const beyond = beyondScale({ min, max }, metresPerPixel);
    return beyond && (beyond === 'too far' ? say('layers.zoom_in', max) : say('layers.zoom_out', min));
  }
}

export function swatch({ swatch: address }) {
  return element('img', { class: 'swatch', src: address, alt: '', width: 28, height: 18 });
}
