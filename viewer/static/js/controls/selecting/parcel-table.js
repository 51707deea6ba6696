// The table of selected parcels: each with its page, both areas, a look at it and a way out; the sums below.

import { parcelAddress } from '../../base/configuration.js';
import { ICONS, element, icon } from '../../base/elements.js';
import { Emitter } from '../../base/events.js';
import { sayName } from '../../base/parcel-names.js';
import { sumAreas } from './sums.js';

/** Events: `looked` (feature), `removed` (feature), `pointed` (feature, or null when the pointer left). */
export class ParcelTable extends Emitter {
  constructor({ urls, wording }) {
    super();
    Object.assign(this, { urls, wording });
    this._body = element('tbody', {});
    this._sums = element('tr', {});
    this.element = this._build();
  }

  /** `features` of /parcels/select in the order they shall stand. */
  show(features) {
    this.element.hidden = features.length === 0;
    this._caption.textContent = this.wording.count('selecting.chosen', features.length);
    this._body.replaceChildren(...features.map((each) => this._buildRow(each)));
    this._sums.replaceChildren(
      element('th', { scope: 'row' }, this.wording.say('selecting.sum')),
      this._buildSum(features, 'registered_m2'),
      this._buildSum(features, 'drawn_m2'),
      element('td', {}),
    );
  }

  /** Put the keyboard on the row that took the place of a removed one; false when none is left. */
  focusRow(place) {
    const rows = this._body.rows;
    rows[Math.min(place, rows.length - 1)]?.querySelector('[data-removes]').focus();
    return rows.length > 0;
  }

  _build() {
    const { wording } = this;
    const column = (name, key) => element('th', { scope: 'col', class: `parcels__${name}` }, wording.say(key));
    this._caption = element('caption', { class: 'visually-hidden' });
    return element('table', { class: 'parcels', hidden: true },
      this._caption,
      element('thead', {}, element('tr', {},
        column('name', 'selecting.column_parcel'),
        column('area', 'selecting.column_registered'),
        column('area', 'selecting.column_drawn'),
        element('th', { scope: 'col' }, element('span', { class: 'visually-hidden' }, wording.say('selecting.column_actions'))))),
      this._body,
      element('tfoot', {}, this._sums));
  }

  _buildRow(feature) {
    const name = sayName(feature);
    const row = element('tr', {
      onpointerenter: () => this.emit('pointed', feature), onpointerleave: () => this.emit('pointed', null),
      onfocusin: () => this.emit('pointed', feature), onfocusout: () => this.emit('pointed', null),
    },
    element('th', { scope: 'row' },
      element('a', { href: parcelAddress(this.urls, `${feature.ko}/${feature.number}`), title: feature.ko_name }, name)),
    this._buildArea(feature.registered_m2),
    this._buildArea(feature.drawn_m2),
    element('td', { class: 'parcels__actions' },
      this._buildButton('selecting.look_at', ICONS.nearer, name, () => this.emit('looked', feature)),
      this._buildButton('selecting.remove', ICONS.close, name, () => this.emit('removed', feature), true)));
    return row;
  }

  _buildButton(key, drawing, name, onclick, removes = false) {
    const label = this.wording.say(key, { parcel: name });
    return element('button', {
      type: 'button', class: 'tool tool--plain', title: label, 'aria-label': label, 'data-removes': removes, onclick,
    }, icon(drawing));
  }

  _buildArea(area) {
    if (area !== null && area !== undefined) return element('td', { class: 'parcels__area' }, this._sayArea(area));
    return element('td', { class: 'parcels__area parcels__area--unknown' }, this.wording.say('selecting.not_known'));
  }

  _buildSum(features, name) {
    const { sum, unknown } = sumAreas(features, name);
    return element('td', { class: 'parcels__area' }, this._sayArea(sum),
      unknown > 0 ? element('small', {}, this.wording.count('selecting.not_counted', unknown)) : null);
  }

  /** Square metres, as the heading says: never square kilometres, for the column is compared and added up. */
  _sayArea(area) {
    return this.wording.number(area, area > 0 && area < 10 ? 1 : 0);
  }
}
