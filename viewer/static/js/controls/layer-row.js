// One layer in the list: a switch, what is wrong with it just now, its legend, and behind a fold its details.

import { element } from '../base/elements.js';
import { beyondScale, roundedDenominator } from '../base/ground.js';
import { LayerDetails } from './layer-details.js';
import { LayerLegend, swatch } from './layer-legend.js';

export class LayerRow {
  /** `parts` are {state, wording, configuration, announcer, onRetry}. */
  constructor(layer, parts) {
    this.id = layer.id;
    Object.assign(this, { layer, parts });
    this.element = this._build();
  }

  /**
   * `shown` is {visible, opacity, labelled}; `isMissing` when the layer did not answer; `inSight` the class values
   * drawn in the window.
   */
  refresh(shown, { metresPerPixel, isMissing, inSight }) {
    const { layer } = this;
    this._switch.checked = shown.visible && layer.available;
    this._details.refresh(shown);
    const hint = this._scaleHint(metresPerPixel);
    this._hint.textContent = hint ?? '';
    this._hint.hidden = !shown.visible || hint === null;
    this._silence.hidden = !isMissing;
    this._legend?.refresh(shown.visible && hint === null ? inSight : null);
    this.element.classList.toggle('layer--off', !shown.visible);
    this.element.classList.toggle('layer--out-of-scale', hint !== null);
    this.element.classList.toggle('layer--missing', isMissing);
  }

  /** Whether it can be drawn higher or lower than it is. */
  placeBetween(place) {
    this._details.placeBetween(place);
  }

  _build() {
    const { layer, parts: { wording, state } } = this;
    this._switch = element('input', {
      type: 'checkbox', class: 'layer__switch', disabled: !layer.available,
      onchange: ({ target }) => state.switchLayer(layer.id, target.checked),
    });
    this._hint = element('p', { class: 'layer__hint', hidden: true });
    this._details = new LayerDetails(layer, this.parts);
    this._legend = layer.legend.length > 1 ? new LayerLegend(layer.legend, wording) : null;
    const single = layer.legend.length === 1 ? swatch(layer.legend[0]) : null;
    return element('li', { class: 'layer', 'data-layer': layer.id },
      element('div', { class: 'layer__line' },
        element('label', { class: 'layer__label' }, this._switch, single, element('span', { class: 'layer__title' }, layer.title)),
        this._details.element),
      layer.available ? null : element('p', { class: 'layer__hint' }, wording.say('status.never_loaded')),
      this._buildSilence(),
      this._hint,
      this._buildStaleMark(),
      this._legend?.element ?? null);
  }

  _buildSilence() {
    const { wording, onRetry } = this.parts;
    this._silence = element('p', { class: 'layer__hint layer__hint--warning', hidden: true },
      element('span', {}, wording.say('layers.missing')),
      element('button', { type: 'button', class: 'button button--small', onclick: onRetry }, wording.say('map.retry')));
    return this._silence;
  }

  _buildStaleMark() {
    const { layer, parts: { wording } } = this;
    if (!layer.available || !layer.isStale) return null;
    const said = wording.say('layers.stale', { date: wording.date(layer.stateDate), due: wording.date(layer.newerDue) });
    return element('p', { class: 'layer__hint layer__hint--warning' }, said);
  }

  /** Why the layer does not show at this scale; null when it does. */
  _scaleHint(metresPerPixel) {
    const { wording } = this.parts;
    const { min, max } = this.layer.style.scale;
    const say = (key, limit) => wording.say(key, { scale: wording.number(roundedDenominator(limit)) });
    const beyond = beyondScale({ min, max }, metresPerPixel);
    return beyond && (beyond === 'too far' ? say('layers.zoom_in', max) : say('layers.zoom_out', min));
  }
}
