// From a selection to an answer: marks the place, outlines the feature, asks /identify and hands the answer
// to the panel. A newer selection aborts what the older one was waiting for.

import { itemAddress, withParameters } from '../base/configuration.js';
import { boxOf, interiorPoint } from '../base/geojson.js';
import { LatestQuestion, fetchIfThere, fetchJson } from '../base/requests.js';
import { CLOSEST_LOOK, ROOM_AROUND_FOUND, lookAtPoint } from './looks.js';

const NEAR_METRES = 3;
const CLICK_PIXELS = 8;

export class Inquiry {
  constructor({ state, map, panel, configuration, coordinates, wording }) {
    Object.assign(this, { state, map, panel, configuration, coordinates, wording });
    this._question = new LatestQuestion();
    state.on('selection', () => this.run());
  }

  /** Ask about what is selected now; nothing selected clears map and panel. */
  async run({ fit = false } = {}) {
    const { selection } = this.state;
    this._clear();
    if (!selection) {
      this.panel.hide();
      return;
    }
    this.panel.showWaiting();
    if (selection.point) this.map.reveal(selection.point);
    this._markPoint(selection);
    try {
      await this._question.ask((signal) => this._answer({ ...selection }, { signal, fit }));
    } catch {
      this.panel.showProblem(() => this.run({ fit }));
    }
  }

  _clear() {
    this._question.drop();
    this.map.outline(null);
    this.map.mark(null);
  }

  /** A surface found by name is outlined whole; only a place that was pointed at gets a mark. */
  _markPoint({ layer, point }) {
    const isSurface = layer !== null && this.configuration.layers[layer].geometry === 'polygon';
    this.map.mark(isSurface ? null : point);
  }

  /** What was clicked is outlined from the tiles at once; the exact answer follows. */
  pickPoint(point) {
    const { layers } = this.configuration;
    const hits = this.map.featuresAt(point);
    const parcel = hits.find((hit) => layers[hit.layer].role === 'parcels');
    this.state.select({ point, layer: null, id: null });
    this.map.highlight(parcel ? { layer: parcel.layer, id: parcel.id } : null);
  }

  async _answer(selection, { signal, fit }) {
    const known = selection.layer ? await this._findFeature(selection, signal) : null;
    const isGone = selection.layer !== null && known === null;
    if (signal.aborted) return;
    if (isGone && !selection.point) {
      this.panel.showGone(selection);
      return;
    }
    if (known && !selection.point) selection.point = interiorPoint(known.geometry);
    if (known && fit) this._goTo(known, selection.layer);
    this._markPoint(isGone ? { ...selection, layer: null } : selection);
    const answer = await this._identify(selection.point, signal);
    if (signal.aborted) return;
    const main = findMain(answer, selection);
    await this._outline(main, known, selection, signal);
    if (signal.aborted) return;
    this.panel.show(answer, main, isGone ? selection : null);
    if (!selection.layer && main) this.state.nameSelection(main.layer.layer, main.feature.id);
  }

  _goTo({ geometry }, layer) {
    const nearest = geometry.type === 'Point' ? lookAtPoint(this.configuration.layers[layer]) : CLOSEST_LOOK;
    this.map.fit(boxOf(geometry), { nearest, room: ROOM_AROUND_FOUND, animate: false });
  }

  /** The feature that a link names; null when it is not in the published data any more. */
  _findFeature({ layer, id }, signal) {
    return fetchIfThere(itemAddress(this.configuration.urls, layer, id), { signal });
  }

  _identify({ lon, lat }, signal) {
    const native = this.coordinates.toNative({ lon, lat });
    const place = native
      ? { x: native.x.toFixed(3), y: native.y.toFixed(3) }
      : { x: lon.toFixed(7), y: lat.toFixed(7), crs: 4326 };
    const tolerance = Math.min(Math.max(CLICK_PIXELS * this.map.metresPerPixel, NEAR_METRES), 50).toFixed(1);
    const asked = { ...place, layers: this._layersToAsk().join(','), tolerance, lang: this.wording.language };
    return fetchJson(withParameters(this.configuration.urls.identify, asked), { signal });
  }

  /**
   * All but base drawing, which nobody asks about: a layer of no particular role is asked when it can be
   * searched, when it is selected, or when the theme consists of nothing else.
   */
  _layersToAsk() {
    const { theme, selection } = this.state;
    const { layers } = this.configuration;
    const isPlain = (id) => layers[id].role === 'other';
    const shown = theme.layers.every(isPlain) ? theme.layers.filter((id) => this.state.isVisible(id)) : [];
    return Object.keys(layers).filter((id) => !isPlain(id) || layers[id].searchKind || id === selection?.layer || shown.includes(id));
  }

  /** A surface is outlined as it is; for an address or a pipe the parcel it lies on says more. */
  async _outline(main, known, { layer }, signal) {
    const { layers } = this.configuration;
    const shape = known && layers[layer].geometry !== 'point' ? known : null;
    const parcel = main?.parcel ?? null;
    if (shape || !parcel) {
      this.map.outline(shape);
      return;
    }
    const exact = await this._findFeature({ layer: parcel.layer.layer, id: parcel.feature.id }, signal);
    if (!signal.aborted) this.map.outline(exact);
  }
}

/**
 * The feature that gives the panel its heading: the one selected, else the parcel; and the parcel below it.
 * Null when there is neither.
 */
function findMain({ layers }, selection) {
  const found = layers.flatMap((layer) => layer.features.map((feature) => ({ layer, feature })));
  const parcel = found.find(({ layer }) => layer.role === 'parcels') ?? null;
  const selected = found.find(({ layer, feature }) => layer.layer === selection.layer && feature.id === selection.id);
  const main = selected ?? parcel;
  return main ? { ...main, parcel } : null;
}
