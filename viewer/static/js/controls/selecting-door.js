// The way into the selecting of parcels. The tool itself comes when it is first needed, so that those who only look
// up a parcel do not wait for it.

import { ICONS, element, icon } from '../base/elements.js';

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

  /** True when clicks on the map select: the table is open and no answer covers it. */
  get takesClicks() {
    return this.state.parcels !== null && this.state.selection === null;
  }

  /** The button among the map's tools; null for a portal without parcels. */
  buildButton() {
    if (!Object.values(this.configuration.layers).some(({ role }) => role === 'parcels')) return null;
    const label = this.wording.say('selecting.heading');
    return element('button', { type: 'button', class: 'tool', title: label, 'aria-label': label, onclick: () => this.open() }, icon(ICONS.select));
  }

  open() {
    if (!this.takesClicks) this.state.chooseParcels(this.state.parcels ?? []);
    return this._withTool((tool) => tool.focus());
  }

  /** Show what the state says: at the start, after a step, and when "back" brings an older one. */
  refresh(options) {
    if (this.state.parcels === null && !this._tool) return null;
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

  async _withTool(act) {
    if (this._tool) return act(this._tool);
    try {
      this._loading ??= import('./selecting/tool.js');
      const { SelectingTool } = await this._loading;
      this._tool ??= new SelectingTool(this._parts);
    } catch {
      this._loading = null;
      this._tellNotLoaded(() => this._withTool(act));
      return null;
    }
    return act(this._tool);
  }

  _tellNotLoaded(retry) {
    const text = this.wording.say('selecting.not_loaded');
    this.container.replaceChildren(
      element('h2', { class: 'answer__heading', id: 'selecting-heading' }, this.wording.say('selecting.heading')),
      element('p', { class: 'answer__problem' }, text),
      element('button', { type: 'button', class: 'button', onclick: retry }, this.wording.say('answer.retry')));
    this.container.hidden = false;
    document.body.classList.add('has-selecting');
    this.announcer.say(text);
  }
}
