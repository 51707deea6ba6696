// What the viewer shows, apart from any widget: view, theme, layers, selection. Everything that can be in a
// link is here and nowhere else. Controls change it through its methods and hear of changes by events.

import { Emitter } from '../base/events.js';

/**
 * Events: `theme`, `layers`, `ground` (grid or base map), `selection`, `view`; and `changed` after each, with
 * whether it is a step that "back" returns from.
 */
export class ViewerState extends Emitter {
  constructor(configuration) {
    super();
    this._configuration = configuration;
    this.reset();
  }

  /** The state of a page without parameters. */
  reset() {
    const { themes, grids } = this._configuration;
    this.theme = themes[0];
    this.switched = new Map();
    this.opacities = new Map();
    this.view = null;
    this.selection = null;
    this.ownGridId = grids[0].id;
    this.gridId = this.ownGridId;
    this.baseId = null;
  }

  /** {id, visible, opacity} of the theme's layers, from the bottom upwards. */
  layerStates() {
    return this.theme.layers.map((id) => ({ id, visible: this.isVisible(id), opacity: this.opacities.get(id) ?? 1 }));
  }

  isVisible(id) {
    return this.switched.get(id) ?? !this.theme.hidden.includes(id);
  }

  chooseTheme(id) {
    const theme = this._configuration.themes.find((each) => each.id === id);
    if (!theme || theme === this.theme) return;
    this.theme = theme;
    this.switched.clear();
    this._tell('theme', true);
  }

  switchLayer(id, visible) {
    if (visible === !this.theme.hidden.includes(id)) this.switched.delete(id);
    else this.switched.set(id, visible);
    this._tell('layers', false);
  }

  setOpacity(id, opacity) {
    if (opacity >= 1) this.opacities.delete(id);
    else this.opacities.set(id, opacity);
    this._tell('layers', false);
  }

  chooseGround(gridId, baseId) {
    this.gridId = gridId;
    this.baseId = baseId;
    this._tell('ground', false);
  }

  /** The map moved to {lon, lat, mpp}. */
  moveTo(view) {
    this.view = view;
    this._tell('view', false);
  }

  /** {point: {lon, lat} or null, layer, id} with layer and id null when only a point was asked about. */
  select(selection) {
    this.selection = selection;
    this._tell('selection', true);
  }

  /** What is selected at the point became known: not a new step, only a better name for the same. */
  nameSelection(layer, id) {
    this.selection = { ...this.selection, layer, id };
    this.emit('changed', { step: false });
  }

  /** Take over what a link says, whole. */
  restore(read) {
    this.reset();
    Object.assign(this, read);
    this.emit('restored');
  }

  _tell(name, step) {
    this.emit(name);
    this.emit('changed', { step });
  }
}
