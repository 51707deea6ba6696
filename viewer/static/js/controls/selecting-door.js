// The way into the selecting of parcels. The tool itself comes when it is first needed, so that those who only look
// up a parcel do not wait for it.

import { ICONS, element, icon } from '../base/elements.js';
import { tellNotLoaded } from './not-loaded.js';

export class SelectingDoor {
  /** `parts` as SelectingTool takes them. */
  constructor(parts) {
    Object.assign(this, parts);
    this._parts = parts;
    this._tool = null;
    this._loading = null;
    this.state.on('parcels', () => this.refresh());
    this.map.on('collected', (point) => this.take(point));
  }

  /** True when clicks on the map select: the table is open, not put away, and no answer covers it. */
  get takesClicks() {
    return this.state.parcels !== null && this.state.selection === null && !this._tool?.isFolded;
  }

  /** The button among the map's tools; null for a portal without a cadastre. */
  buildButton() {
    if (!Object.values(this.configuration.layers).some(({ isCadastre, available }) => isCadastre && available)) return null;
    this._button = element('button', { type: 'button', class: 'tool', onclick: () => this.open() }, icon(ICONS.select));
    this._tellOnButton();
    return this._button;
  }

  open() {
    this.map.free();
    const { parcels, selection } = this.state;
    if (parcels === null || selection !== null) this.state.chooseParcels(parcels ?? []);
    else this.refresh();
    return this._withTool((tool) => tool.focus());
  }

  /** Show what the state says: at the start, after a step, and when "back" brings an older one. */
  refresh(options) {
    this._tellOnButton();
    if (this.state.parcels === null && !this._tool) {
      this._hide();
      return null;
    }
    return this._withTool((tool) => tool.refresh(options));
  }

  /** Add the parcel at a point or take it out. */
  take(point) {
    return this._withTool((tool) => tool.take(point));
  }

  gather(id, way) {
    return this._withTool((tool) => tool.gather(id, way));
  }

  addFound(answer) {
    return this._withTool((tool) => tool.addFound(answer));
  }

  /** The button says how many are selected, for the table may be put away. */
  _tellOnButton() {
    if (!this._button) return;
    const count = this.state.parcels?.length ?? 0;
    const heading = this.wording.say('selecting.heading');
    const label = count > 0 ? `${heading}: ${this.wording.count('selecting.chosen', count)}` : heading;
    this._button.title = label;
    this._button.setAttribute('aria-label', label);
    this._button.classList.toggle('tool--done', count > 0);
  }

  async _withTool(act) {
    if (this._tool) return act(this._tool);
    try {
      this._loading ??= import('./selecting/tool.js');
      const { SelectingTool } = await this._loading;
      this._tool ??= new SelectingTool(this._parts);
    } catch {
      this._loading = null;
      tellNotLoaded(this._parts, {
        name: 'selecting', text: this.wording.say('selecting.not_loaded'),
        retry: () => this._withTool(act), onclose: () => this.state.chooseParcels(null),
      });
      return null;
    }
    return act(this._tool);
  }

  _hide() {
    this.container.hidden = true;
    document.body.classList.remove('has-selecting');
  }
}
