// The map for frames in other sites: it shows what its address says, lets people look around and ask for a parcel,
// talks with the page around it when that may, and leads to the whole viewer. It keeps nothing in the browser. The
// wheel belongs to the page around it until the map has the focus.

import { itemAddress, readConfiguration, withLongParameters, withParameters } from './base/configuration.js';
import { Coordinates } from './base/coordinates.js';
import { afterPause } from './base/events.js';
import { boxAround, boxOf } from './base/geojson.js';
import { RECEIVED, SENT } from './base/message-schema.js';
import { writeParcelNames } from './base/parcel-names.js';
import { fetchIfThere, fetchJson } from './base/requests.js';
import { loadSheets } from './base/style-sheets.js';
import { Wording } from './base/wording.js';
import { showAttribution } from './controls/attribution.js';
import { FrameTalk, UnknownThing } from './controls/frame-talk.js';
import { GuestInquiry } from './controls/guest-inquiry.js';
import { showMapHealth } from './controls/map-health.js';
import { nameMap } from './controls/map-keyboard.js';
import { buildMapTools } from './controls/map-tools.js';
import { Readout } from './controls/readout.js';
import { ShownText } from './controls/shown-text.js';
import { MapView } from './map/view.js';
import { readEmbedOptions } from './state/embed-options.js';
import { readLink, writeLink } from './state/permalink.js';
import { ViewerState } from './state/viewer-state.js';

const VIEW_PAUSE_MILLISECONDS = 250;
const NEAR_LOOK = 0.5;
const LEAST_MAP_PIXELS = 220;

const byId = (id) => document.getElementById(id);

const configuration = readConfiguration();
const coordinates = new Coordinates(configuration.projection);
const wording = new Wording(configuration.texts, configuration.portal.language);
const options = readEmbedOptions(window.location.search, coordinates);
const state = new ViewerState(configuration);
Object.assign(state, readLink(window.location.search, configuration, coordinates));

const map = new MapView(byId('map'), configuration, coordinates, { gridId: state.gridId, isGuest: true });
const inquiry = new GuestInquiry(byId('caption'), { map, state, configuration, coordinates, wording });
const talk = new FrameTalk({ origins: configuration.embeddingOrigins, actions: listActions() });
const tellView = afterPause(() => talk.send('view-changed', { ...map.readView(), link: byId('full-viewer').href }), VIEW_PAUSE_MILLISECONDS);

map.change({ gridId: state.gridId, baseMap: configuration.baseMaps.find((each) => each.id === state.baseId) ?? null });
map.showTheme(state.theme, state.layerStates());
if (state.view) map.show(state.view, { animate: false });
else if (options.bbox) map.fit(options.bbox, { animate: false });

nameMap(byId('map'), wording);
buildControls();
showAttribution(byId('attribution'), { state, configuration });
showMapHealth(byId('map-message'), { map, state, wording, configuration });
state.on('theme', () => map.showTheme(state.theme, state.layerStates()));
state.on('layers', () => map.drawLayers(state.layerStates()));
state.on('changed', leadToViewer);
map.on('moved', (view) => {
  state.view = view;
  leadToViewer();
  tellView();
});
inquiry.on('selected', (selected) => {
  leadToViewer();
  talk.send('parcel-selected', selected);
});
talk.on('hello', introduce);
byId('shown').addEventListener('toggle', tellHeight);
Promise.all([showBeginning(), showParcels(), showDrawings()]).finally(() => {
  state.view ??= map.readView();
  leadToViewer();
  document.body.classList.add('is-ready');
});

function buildControls() {
  const { controls } = options;
  buildMapTools(byId('map-tools'), {
    map, configuration, wording, controls,
    announcer: { say: (text) => { byId('map-message').textContent = text; byId('map-message').hidden = false; } },
    onLocated: controls.has('locate') ? (point) => { map.mark(point); map.show({ ...point, mpp: NEAR_LOOK }); } : null,
  });
  if (controls.has('scale')) new Readout({ bar: byId('scale-bar'), facts: null }, { map, coordinates, wording });
  byId('shown').hidden = !controls.has('text');
  new ShownText(byId('shown-text'), { state, configuration, wording });
}

/** What the page around may ask for; nothing else is done for it. */
function listActions() {
  return {
    'set-view': ({ bbox, lon, lat, mpp }) => (bbox ? map.fit(bbox) : map.show({ lon, lat, mpp })),
    'select-parcel': async ({ id }) => {
      if (!(await inquiry.choose(id))) throw new UnknownThing(`There is no parcel ${id}.`);
    },
    'set-theme': ({ theme }) => {
      if (!configuration.themes.some(({ id }) => id === theme)) throw new UnknownThing(`There is no theme ${theme}.`);
      state.chooseTheme(theme);
    },
    'set-layers': ({ on = [], off = [] }) => {
      const unknown = [...on, ...off].find((id) => !state.theme.layers.includes(id));
      if (unknown) throw new UnknownThing(`The theme ${state.theme.id} has no layer ${unknown}.`);
      for (const id of on) state.switchLayer(id, true);
      for (const id of off) state.switchLayer(id, false);
    },
    'set-language': ({ language }) => {
      if (!configuration.portal.languages.includes(language)) throw new UnknownThing(`There is no language ${language}.`);
      // After the answer is on its way; the page that asked says hello to the new one.
      setTimeout(() => window.location.replace(addressIn(language)), 0);
    },
  };
}

/** The address of this frame in another language, with what it shows now. */
function addressIn(language) {
  const asked = new URLSearchParams(window.location.search);
  const now = new URLSearchParams(writeLink(state, coordinates, ''));
  for (const name of ['parcel', 'address', 'bbox', 'select', 'point', 'on', 'off', ...now.keys()]) asked.delete(name);
  for (const [name, value] of now) asked.append(name, value);
  asked.set('lang', language);
  return `?${asked}`;
}

function introduce() {
  const { portal, themes, layers, release } = configuration;
  const names = state.layerStates().map(({ id, visible }) => ({ id, title: layers[id].title, visible }));
  talk.send('ready', {
    release, receives: Object.keys(RECEIVED), sends: Object.keys(SENT),
    language: portal.language, languages: portal.languages, theme: state.theme.id,
    themes: themes.map(({ id, title }) => ({ id, title })), layers: names,
  });
  tellHeight();
}

/** How high the frame has to be for everything in it to be seen. */
function tellHeight() {
  talk.send('resize', { height: Math.ceil(LEAST_MAP_PIXELS + byId('bar').scrollHeight) });
}

/** The link to the whole viewer shows what the frame shows now. */
function leadToViewer() {
  byId('full-viewer').href = configuration.urls.home + writeLink(state, coordinates, window.location.search);
}

/** The parcel, the address or the marker that the address of the frame names. */
async function showBeginning() {
  const { selection } = state;
  const isFree = state.view === null && options.bbox === null;
  if (options.marker) {
    map.mark(options.marker.point);
    byId('caption').textContent = options.marker.text ?? '';
    if (isFree) map.show({ ...options.marker.point, mpp: NEAR_LOOK }, { animate: false });
  }
  const parcel = options.parcel ?? (configuration.layers[selection?.layer]?.role === 'parcels' ? selection.id : null);
  if (parcel) await inquiry.choose(parcel, { fit: isFree });
  else if (options.address) await showAddress(options.address, isFree);
  else if (selection?.layer) await showFeature(selection, isFree);
  else if (selection?.point) map.mark(selection.point);
}

async function showFeature({ layer, id }, isFree) {
  const feature = await fetchIfThere(itemAddress(configuration.urls, layer, id)).catch(() => null);
  map.outline(feature);
  if (feature && isFree) map.fit(boxOf(feature.geometry), { animate: false });
}

/** Parcels that were selected together. */
async function showParcels() {
  const { parcels, selection, view } = state;
  if (!parcels?.length) return;
  const address = withLongParameters(configuration.urls.selectParcels, { parcels: writeParcelNames(parcels) });
  const { features } = await fetchJson(address).catch(() => ({ features: [] }));
  map.outlineTogether(features);
  const box = boxAround(features);
  if (box && !view && !selection) map.fit(box, { animate: false });
}

async function showAddress(text, isFree) {
  const asked = withParameters(configuration.urls.search, { q: text, lang: wording.language });
  const found = await fetchJson(asked).catch(() => null);
  const best = found?.groups[0]?.results[0];
  if (!best) return;
  map.mark(best.point);
  byId('caption').textContent = best.title;
  if (isFree) map.show({ ...best.point, mpp: NEAR_LOOK }, { animate: false });
}

/** What a link has drawn. */
async function showDrawings() {
  if (state.drawings.length === 0 || !coordinates.projection) return;
  const [{ showShapes }] = await Promise.all([import('./controls/drawing/shown.js'), loadSheets('drawn')]);
  showShapes(state.drawings, { map, configuration, coordinates, wording });
}
