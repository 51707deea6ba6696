// The map as the rest of the viewer knows it: points are {lon, lat}, scales are ground metres per CSS pixel,
// and nothing of Leaflet goes out. One Leaflet map lives inside, made anew when the grid changes.

import { Map as LeafletMap, latLng, latLngBounds } from 'leaflet';
import { Emitter, oncePerFrame } from '../base/events.js';
import { buildBaseMap } from './base-maps.js';
import { GridFrame } from './grid-frame.js';
import { HIGHLIGHT, Selection } from './selection.js';
import { ThemeDrawing } from './theme-drawing.js';

const DOUBLE_CLICK_MILLISECONDS = 220;
const PANES = { base: 150, labels: 420, selection: 410 };

/**
 * Events: `moved` (view), `clicked` (point), `collected` (point; with Shift, Ctrl or ⌘), `pointed` (point, or null when
 * the pointer left), `loading` (true or false), `failed` (a tile did not come), `truncated` and `missing` (ids of
 * layers), `settled`.
 */
export class MapView extends Emitter {
  /** `gridId` names one of the configuration's grids; a guest in a frame leaves wheel and finger to its host. */
  constructor(container, configuration, coordinates, { gridId, isGuest = false }) {
    super();
    this._container = container;
    this._configuration = configuration;
    this._isGuest = isGuest;
    this._coordinates = coordinates;
    this._drawing = null;
    this._states = [];
    this._base = null;
    this._tool = null;
    this._overlays = [];
    this._place = middleOf(configuration.outline);
    this._build(gridId);
    new ResizeObserver(() => this._adaptToSize()).observe(container);
  }

  get gridId() {
    return this._frame.id;
  }

  /** {lon, lat, mpp}: the middle of the map and its scale. */
  readView() {
    const { lng: lon, lat } = this._map.getCenter();
    return { lon, lat, mpp: this._frame.metresPerPixel(this._map.getZoom(), { lon, lat }) };
  }

  /** Ground metres per CSS pixel as styles judge it, the same for the whole portal. */
  get metresPerPixel() {
    return this._frame.metresPerPixel(this._map.getZoom(), this._place);
  }

  /** Go to a point, at a scale if one is given. */
  show({ lon, lat, mpp }, { animate = true } = {}) {
    this._adaptToSize();
    const zoom = mpp ? this._frame.zoomFor(mpp, { lon, lat }) : this._map.getZoom();
    this._map.setView([lat, lon], zoom, { animate: animate && !prefersStillness() });
  }

  /**
   * Show a box [west, south, east, north] in degrees, at most so near as `nearest` metres per pixel; `room`
   * is the share of its size that is shown around it.
   */
  fit([west, south, east, north], { nearest = 0.1, room = 0.02, animate = true } = {}) {
    this._adaptToSize();
    const maxZoom = this._frame.zoomFor(nearest, middleOf([west, south, east, north]));
    const box = latLngBounds([south, west], [north, east]).pad(room);
    this._map.fitBounds(box, { maxZoom, animate: animate && !prefersStillness() });
  }

  /** Bring a point into sight when it is not, as when a panel took its place. */
  reveal({ lon, lat }) {
    this._adaptToSize();
    this._map.panInside([lat, lon], { padding: [56, 56], animate: !prefersStillness() });
  }

  zoomBy(steps) {
    this._map.setZoom(this._map.getZoom() + steps, { animate: !prefersStillness() });
  }

  /** Draw a theme; `states` are {id, visible, opacity, labelled} from the bottom upwards. */
  showTheme(theme, states) {
    this._theme = theme;
    this._states = states;
    this._drawing?.remove();
    this.emit('truncated', []);
    this.emit('missing', []);
    this._drawing = new ThemeDrawing({
      theme, layers: this._configuration.layers, frame: this._frame, place: this._place,
    });
    for (const name of ['loading', 'failed', 'truncated', 'missing', 'settled']) this._drawing.on(name, (detail) => this.emit(name, detail));
    this._drawing.draw(states, this._groundColour());
    this._drawing.addTo(this._map);
  }

  drawLayers(states) {
    this._states = states;
    this._drawing?.draw(states, this._groundColour());
  }

  retry() {
    this._drawing?.retry();
  }

  /** The class values of a layer that are drawn in the window, null for features in no class. */
  valuesInSight(layer) {
    return this._drawing?.valuesInSight(layer) ?? new Set();
  }

  /** What is drawn at a point, the topmost first: {layer, id (the number in tiles), properties}. */
  featuresAt({ lon, lat }) {
    return this._drawing?.featuresAt(latLng(lat, lon)) ?? [];
  }

  /** Outline a feature of the tiles at once, {layer, id}; null for none. */
  highlight(feature) {
    this._drawing?.highlight(feature && { ...feature, ...HIGHLIGHT });
  }

  /** Outline an exact GeoJSON feature in place of the one from tiles; null takes both away. */
  outline(feature) {
    this._outlined = feature;
    this._selection.outline(feature);
    this.highlight(null);
  }

  mark(point) {
    this._marked = point;
    this._selection.mark(point);
  }

  /** Outline features together, such as selected parcels; none takes the outlines away. */
  outlineTogether(features) {
    this._together = features;
    this._selection.outlineTogether(features);
  }

  /**
   * Give the clicks to a tool of the map floor, an Emitter with `attach(map, container)` and `detach()`; null takes
   * the one that has them out of the hand. Another tool is told that it lost them (`replaced`).
   */
  use(tool) {
    if (tool) this.free(tool);
    this._tool?.detach();
    this._tool = tool;
    tool?.attach(this._map, this._container);
  }

  /** Whatever has the clicks shall leave off, unless it is this one. */
  free(tool = null) {
    if (this._tool !== tool) this._tool?.emit('replaced');
  }

  /** Lay something of the map floor over the map, with `attach(map)` and `detach()`, until it is lifted. */
  lay(overlay) {
    if (this._overlays.includes(overlay)) return;
    this._overlays.push(overlay);
    overlay.attach(this._map);
  }

  lift(overlay) {
    this._overlays = this._overlays.filter((each) => each !== overlay);
    overlay.detach();
  }

  /** The corner of a shown parcel within `pixels` of a point, else its edge: {lon, lat, isCorner}; null for neither. */
  nearestBorder({ lon, lat }, pixels) {
    const found = this._drawing?.nearestBorder(latLng(lat, lon), pixels) ?? null;
    return found && { ...toPoint(found.latLng), isCorner: found.isCorner };
  }

  /** Draw in another grid or over another base map; the view stays where it is. */
  change({ gridId, baseMap }) {
    const view = this.readView();
    if (gridId !== this._frame.id) this._rebuild(gridId, view);
    this._base?.remove();
    this._base = baseMap ? buildBaseMap(baseMap).addTo(this._map) : null;
    this.drawLayers(this._states);
  }

  focus() {
    this._container.focus();
  }

  /** A panel beside the map leaves it where it is; a sheet below keeps its middle in the middle. */
  _adaptToSize() {
    const keepsMiddle = this._map.getSize().y !== this._container.clientHeight;
    this._map.invalidateSize({ pan: keepsMiddle, animate: false });
  }

  _groundColour() {
    return this._base ? null : getComputedStyle(this._container).backgroundColor;
  }

  _rebuild(gridId, view) {
    this._tool?.detach();
    for (const overlay of this._overlays) overlay.detach();
    this._drawing?.remove();
    this._map.remove();
    this._base = null;
    this._build(gridId, view);
    if (this._theme) this.showTheme(this._theme, this._states);
    this._selection.outline(this._outlined ?? null);
    this._selection.mark(this._marked ?? null);
    this._selection.outlineTogether(this._together ?? []);
    for (const overlay of this._overlays) overlay.attach(this._map);
    this._tool?.attach(this._map, this._container);
  }

  _build(gridId, view = null) {
    const { grids, outline } = this._configuration;
    const grid = grids.find((each) => each.id === gridId) ?? grids[0];
    this._frame = new GridFrame(grid, this._coordinates.projection);
    this._map = new LeafletMap(this._container, {
      crs: this._frame.crs, zoomControl: false, attributionControl: false, zoomSnap: 1,
      maxBounds: roomAround(outline), maxBoundsViscosity: 0.6, wheelPxPerZoomLevel: 100,
      maxZoom: this._frame.maxZoom(this._place), ...(this._isGuest ? guestOptions() : {}),
    });
    for (const [name, level] of Object.entries(PANES)) this._map.createPane(name).style.zIndex = level;
    this._map.getPane('labels').style.pointerEvents = 'none';
    this._selection = new Selection(this._map);
    if (view) this.show(view, { animate: false });
    else this.fit(this._configuration.start, { animate: false });
    this._map.setMinZoom(this._map.getBoundsZoom(roomAround(outline), false));
    this._listen();
    if (this._isGuest) zoomByWheelWhenMeant(this._map, this._container);
  }

  _listen() {
    let timer = 0;
    this._map.on('moveend', () => this.emit('moved', this.readView()));
    this._map.on('click', ({ latlng, originalEvent: { shiftKey, ctrlKey, metaKey } }) => {
      if (this._tool) return;
      clearTimeout(timer);
      const name = shiftKey || ctrlKey || metaKey ? 'collected' : 'clicked';
      timer = setTimeout(() => this.emit(name, toPoint(latlng)), DOUBLE_CLICK_MILLISECONDS);
    });
    this._map.on('dblclick', () => clearTimeout(timer));
    this._map.on('mousemove', oncePerFrame(({ latlng }) => this.emit('pointed', toPoint(latlng))));
    this._map.on('mouseout', () => this.emit('pointed', null));
  }
}

/** In a frame one finger scrolls the page around it, two move the map. */
function guestOptions() {
  return { scrollWheelZoom: false, dragging: !window.matchMedia('(pointer: coarse)').matches };
}

/** The wheel zooms once the map has the focus, and always together with Ctrl. */
function zoomByWheelWhenMeant(map, container) {
  container.addEventListener('focusin', () => map.scrollWheelZoom.enable());
  container.addEventListener('focusout', () => map.scrollWheelZoom.disable());
  container.addEventListener('wheel', ({ ctrlKey }) => {
    if (document.activeElement === container) return;
    if (ctrlKey) map.scrollWheelZoom.enable();
    else map.scrollWheelZoom.disable();
  }, { capture: true, passive: true });
}

function toPoint({ lng, lat }) {
  return { lon: lng, lat };
}

function middleOf([west, south, east, north]) {
  return { lon: (west + east) / 2, lat: (south + north) / 2 };
}

/** The outline with half its size more on each side: far enough to look around, too near to get lost. */
function roomAround([west, south, east, north]) {
  return latLngBounds([south, west], [north, east]).pad(0.5);
}

function prefersStillness() {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
