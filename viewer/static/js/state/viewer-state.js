// What the viewer shows, apart from any widget: view, theme, layers, selection. Everything that can be in a
// link is here and nowhere else. Controls change it through its methods and hear of changes by events.

import { Emitter } from '../base/events.js';

/**
 * Events: `theme`, `layers`, `order` (of layers), `ground` (grid or base map), `selection`, `parcels`, `drawing` and `printing` (their tool was opened), `view`; and
 * `changed` after each, with whether it is a step that "back" returns from.
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
    this.labelled = new Map();
    this.order = [];
    this.view = null;
    this.selection = null;
    this.parcels = null;
    this.ownGridId = grids[0].id;
    this.gridId = this.ownGridId;
    this.baseId = null;
    this.drawings = [];
  }

  /** {id, visible, opacity, labelled} of the theme's layers, from the bottom upwards. */
  layerStates() {
    return this.layersInOrder().map((id) => ({
      id, visible: this.isVisible(id), opacity: this.opacities.get(id) ?? 1, labelled: this.isLabelled(id),
    }));
  }

  /**
   * The theme's layers from the bottom upwards. Those that `order` names change places among each other; others
   * stay where the theme has them, so that an old link suits a theme that has got more layers.
   */
  layersInOrder() {
    const { layers } = this.theme;
    const wanted = this.order.filter((id) => layers.includes(id));
    return layers.map((id) => (wanted.includes(id) ? id : null)).map((id, place) => (id ? wanted.shift() : layers[place]));
  }

  isVisible(id) {
    return this.switched.get(id) ?? !this.theme.hidden.includes(id);
  }

  chooseTheme(id) {
    const theme = this._configuration.themes.find((each) => each.id === id);
    if (!theme || theme === this.theme) return;
    this.theme = theme;
    this.switched.clear();
    this.labelled.clear();
    this.order = [];
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

  isLabelled(id) {
    return this.labelled.get(id) ?? this._labelledAtFirst(id);
  }

  switchLabels(id, labelled) {
    if (labelled === this._labelledAtFirst(id)) this.labelled.delete(id);
    else this.labelled.set(id, labelled);
    this._tell('layers', false);
  }

  /** Draw a layer one place higher (1) or lower (-1); at the end it stays. */
  moveLayer(id, step) {
    const order = this.layersInOrder();
    const place = order.indexOf(id);
    const other = place + step;
    if (other < 0 || other >= order.length) return;
    [order[place], order[other]] = [order[other], order[place]];
    this.order = order.join() === this.theme.layers.join() ? [] : order;
    this._tell('order', false);
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

  /**
   * Select parcels, {ko, number} each; an empty list is the tool with nothing selected, null is without the tool.
   * The table takes the place of the answer.
   */
  chooseParcels(parcels) {
    const hadSelection = this.selection !== null;
    this.parcels = parcels;
    this.selection = null;
    if (hadSelection) this.emit('selection');
    this._tell('parcels', true);
  }

  /** What was drawn, each as it stands in a link. */
  keepDrawings(drawings) {
    this.drawings = drawings;
    this.emit('changed', { step: false });
  }

  /** Take over what a link says, whole; but what was drawn since stays: "back" destroys no work. */
  restore(read) {
    const { drawings } = this;
    this.reset();
    Object.assign(this, read, { drawings });
    this.emit('restored');
  }

  _labelledAtFirst(id) {
    return this._configuration.layers[id].style.label?.shown ?? false;
  }

  _tell(name, step) {
    this.emit(name);
    this.emit('changed', { step });
  }
}
