// The plain map for frames in other sites: it shows what its address says, lets people look around, and
// leads to the whole viewer. The wheel belongs to the page around it until the map has the focus.

import { itemAddress, readConfiguration, withLongParameters } from './base/configuration.js';
import { Coordinates } from './base/coordinates.js';
import { boxAround, boxOf } from './base/geojson.js';
import { writeParcelNames } from './base/parcel-names.js';
import { fetchJson } from './base/requests.js';
import { loadSheets } from './base/style-sheets.js';
import { Wording } from './base/wording.js';
import { showAttribution } from './controls/attribution.js';
import { showMapHealth } from './controls/map-health.js';
import { nameMap } from './controls/map-keyboard.js';
import { buildMapTools } from './controls/map-tools.js';
import { Readout } from './controls/readout.js';
import { MapView } from './map/view.js';
import { readLink, writeLink } from './state/permalink.js';
import { ViewerState } from './state/viewer-state.js';

const byId = (id) => document.getElementById(id);

const configuration = readConfiguration();
const coordinates = new Coordinates(configuration.projection);
const wording = new Wording(configuration.texts, configuration.portal.language);
const state = new ViewerState(configuration);
Object.assign(state, readLink(window.location.search, configuration, coordinates));

const map = new MapView(byId('map'), configuration, coordinates, { gridId: state.gridId, isGuest: true });
map.change({ gridId: state.gridId, baseMap: configuration.baseMaps.find((each) => each.id === state.baseId) ?? null });
map.showTheme(state.theme, state.layerStates());
if (state.view) map.show(state.view, { animate: false });

nameMap(byId('map'), wording);
buildMapTools(byId('map-tools'), { map, configuration, wording });
new Readout({ bar: byId('scale-bar'), facts: null }, { map, coordinates, wording });
showAttribution(byId('attribution'), { state, configuration });
showMapHealth(byId('map-message'), { map, wording, configuration });
map.on('moved', (view) => {
  state.view = view;
  leadToViewer();
});
Promise.all([showSelection(), showParcels(), showDrawings()]).finally(() => document.body.classList.add('is-ready'));

/** The link to the whole viewer shows what the frame shows now. */
function leadToViewer() {
  byId('full-viewer').href = configuration.urls.home + writeLink(state, coordinates, window.location.search);
}

async function showSelection() {
  const { selection } = state;
  if (!selection) return;
  map.mark(selection.point);
  if (!selection.layer) return;
  const feature = await fetchJson(itemAddress(configuration.urls, selection.layer, selection.id)).catch(() => null);
  if (!feature) return;
  map.outline(feature);
  if (!state.view) map.fit(boxOf(feature.geometry), { animate: false });
}

async function showParcels() {
  const { parcels, selection, view } = state;
  if (!parcels?.length) return;
  const address = withLongParameters(configuration.urls.selectParcels, { parcels: writeParcelNames(parcels) });
  const { features } = await fetchJson(address).catch(() => ({ features: [] }));
  map.outlineTogether(features);
  const box = boxAround(features);
  if (box && !view && !selection) map.fit(box, { animate: false });
}

async function showDrawings() {
  if (state.drawings.length === 0 || !coordinates.projection) return;
  const [{ showShapes }] = await Promise.all([import('./controls/drawing/shown.js'), loadSheets('drawn')]);
  showShapes(state.drawings, { map, configuration, coordinates, wording });
}
