// A click or a message in an embedded map asks about one parcel: it is outlined, named in the bar below the map, and
// told to the page around. Everything else is a matter of the whole viewer.

import { itemAddress, parcelAddress, withParameters } from '../base/configuration.js';
import { element } from '../base/elements.js';
import { Emitter } from '../base/events.js';
import { boxOf } from '../base/geojson.js';
import { LatestQuestion, fetchIfThere, fetchJson } from '../base/requests.js';

const CLOSEST_LOOK = 0.15;
const ROOM_AROUND_FOUND = 0.7;

/** Event: `selected` with {id, title, link}; id null when there is no parcel. */
export class GuestInquiry extends Emitter {
  constructor(caption, { map, state, configuration, coordinates, wording }) {
    super();
    Object.assign(this, { caption, map, state, configuration, coordinates, wording });
    this._question = new LatestQuestion();
    const parcels = Object.values(configuration.layers).find(({ role }) => role === 'parcels');
    this._layer = parcels?.id ?? null;
    this._hasPages = parcels?.isCadastre ?? false;
    map.on('clicked', (point) => this.ask(point));
  }

  /** The parcel at a point; the map stays where it is. */
  async ask(point) {
    if (this._layer === null) return;
    await this._question.ask(async (signal) => {
      const found = await fetchJson(this._identifyAddress(point), { signal }).catch(() => null);
      const feature = found?.layers[0]?.features[0] ?? null;
      if (!signal.aborted) await this._show(feature && await this._find(feature.id, signal), { fit: false, signal });
    });
  }

  /** A parcel by its id, shown whole when `fit`; false when there is no such parcel. */
  async choose(id, { fit = true } = {}) {
    if (id === null) {
      this._question.drop();
      await this._show(null, { fit: false });
      return true;
    }
    if (this._layer === null) return false;
    const feature = await this._question.ask((signal) => this._find(id, signal));
    await this._show(feature, { fit });
    return feature !== null;
  }

  _find(id, signal) {
    return fetchIfThere(itemAddress(this.configuration.urls, this._layer, id), { signal });
  }

  async _show(feature, { fit, signal = null }) {
    if (signal?.aborted) return;
    this.map.outline(feature);
    this.state.selection = feature ? { layer: this._layer, id: feature.id, point: null } : null;
    if (feature && fit) this.map.fit(boxOf(feature.geometry), { nearest: CLOSEST_LOOK, room: ROOM_AROUND_FOUND, animate: false });
    const link = feature && this._hasPages ? new URL(parcelAddress(this.configuration.urls, feature.id), window.location.href).href : '';
    const title = feature ? this.wording.say('answer.parcel_title', { number: titleOf(feature) }) : '';
    this.caption.replaceChildren(link ? element('a', { href: link, target: '_blank', rel: 'noopener' }, title) : title);
    this.emit('selected', { id: feature ? String(feature.id) : null, title, link });
  }

  _identifyAddress(point) {
    const native = this.coordinates.toNative(point);
    const place = native
      ? { x: native.x.toFixed(3), y: native.y.toFixed(3) }
      : { x: point.lon.toFixed(7), y: point.lat.toFixed(7), crs: 4326 };
    return withParameters(this.configuration.urls.identify, { ...place, layers: this._layer, tolerance: 1, lang: this.wording.language });
  }
}

/** As people write a parcel: `123/4`, with the cadastral municipality before it where the id has one. */
function titleOf({ id }) {
  return String(id).replace('-', ' ');
}
