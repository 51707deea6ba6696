// The way into measuring and drawing. The tool and its style sheets come when somebody opens it, or when the link
// brings drawings along, so that those who only look up a parcel do not wait for it.

import { ICONS, element, icon } from '../base/elements.js';
import { loadSheets } from '../base/style-sheets.js';
import { tellNotLoaded } from './not-loaded.js';

export class DrawingDoor {
  /** `parts` as DrawingTool takes them. */
  constructor(parts) {
    this._parts = parts;
    this._loading = null;
    this._tool = null;
    if (parts.state.drawings.length > 0 && this._canMeasure) this._showLink();
  }

  /** The button among the map's tools; null for a portal whose CRS the browser cannot compute. */
  buildButton() {
    if (!this._canMeasure) return null;
    const label = this._parts.wording.say('drawing.heading');
    this._button = element('button', {
      type: 'button', class: 'tool', title: label, 'aria-label': label, onclick: () => this.open(),
    }, icon(ICONS.draw));
    return this._button;
  }

  async open() {
    (await this._load())?.open(this._button);
  }

  /** A link that says no place shows its drawings whole. */
  async _showLink() {
    const { view, selection } = this._parts.state;
    const tool = await this._load();
    if (!view && !selection) tool?.revealAll();
  }

  get _canMeasure() {
    return this._parts.coordinates.projection !== null;
  }

  /** The tool, or null when it did not come, which is told. */
  async _load() {
    this._loading ??= Promise.all([import('./drawing/tool.js'), loadSheets('drawing', 'drawn')]);
    const loaded = await this._loading.catch(() => null);
    if (!loaded) {
      this._loading = null;
      tellNotLoaded(this._parts, { name: 'drawing', text: this._parts.wording.say('drawing.not_loaded'), retry: () => this.open() });
      return null;
    }
    const [{ DrawingTool }] = loaded;
    this._tool ??= new DrawingTool(this._parts);
    return this._tool;
  }
}
