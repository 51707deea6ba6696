// Numbers about the view: scale, scale bar, and the coordinates under the pointer (or in the middle of the
// map when there is no pointer).

import { element } from '../base/elements.js';
import { roundedDenominator, scaleBarLength } from '../base/ground.js';

const BAR_PIXELS = 110;

export class Readout {
  /** `bar` is on the map; `facts` is null where there is no room for numbers. */
  constructor({ bar, facts }, { map, coordinates, wording }) {
    Object.assign(this, { map, coordinates, wording });
    this._barText = element('span', { class: 'scale-bar__text' });
    this._barLine = element('span', { class: 'scale-bar__line' });
    bar.append(element('span', { class: 'scale-bar', role: 'img' }, this._barText, this._barLine));
    this._bar = bar.firstChild;
    if (facts) this._buildFacts(facts);
    map.on('moved', () => this._showView());
    map.on('pointed', (point) => this._showPoint(point ?? this.map.readView()));
    this._showView();
  }

  _buildFacts(facts) {
    this._scale = element('span', { class: 'readout__scale' });
    this._point = element('span', { class: 'readout__point' });
    facts.append(this._scale, this._point);
  }

  _showView() {
    const view = this.map.readView();
    const { metres, pixels } = scaleBarLength(view.mpp, BAR_PIXELS);
    this._barText.textContent = metres >= 1000 ? `${this.wording.number(metres / 1000)} km` : `${this.wording.number(metres, metres < 1 ? 1 : 0)} m`;
    this._barLine.style.inlineSize = `${pixels.toFixed(1)}px`;
    this._bar.setAttribute('aria-label', this.wording.say('map.scale_bar', { length: this._barText.textContent }));
    if (this._scale) {
      this._scale.textContent = `1 : ${this.wording.number(roundedDenominator(view.mpp))}`;
      this._showPoint(view);
    }
  }

  _showPoint(point) {
    if (!this._point) return;
    const native = this.coordinates.toNative(point);
    this._point.textContent = native
      ? `${this.coordinates.name}  e ${this.wording.coordinate(native.x, 1)}  n ${this.wording.coordinate(native.y, 1)}`
      : `WGS 84  ${this.wording.number(point.lat, 6)}° N  ${this.wording.number(point.lon, 6)}° E`;
  }
}
