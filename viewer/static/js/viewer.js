// Starts the viewer: builds its parts, ties them together by events, and shows what the address says.

import { readConfiguration } from './base/configuration.js';
import { Coordinates } from './base/coordinates.js';
import { Wording } from './base/wording.js';
import { AnswerPanel } from './controls/answer-panel.js';
import { Announcer } from './controls/announcer.js';
import { showAttribution } from './controls/attribution.js';
import { Contents } from './controls/contents.js';
import { DrawingDoor } from './controls/drawing-door.js';
import { Inquiry } from './controls/inquiry.js';
import { keepViewAcrossLanguages } from './controls/language-links.js';
import { CLOSEST_LOOK, ROOM_AROUND_FOUND, lookAtPoint } from './controls/looks.js';
import { showMapHealth } from './controls/map-health.js';
import { askByKeyboard, nameMap } from './controls/map-keyboard.js';
import { buildMapTools } from './controls/map-tools.js';
import { PrintingDoor } from './controls/printing-door.js';
import { Readout } from './controls/readout.js';
import { SearchBox } from './controls/search-box.js';
import { SelectingDoor } from './controls/selecting-door.js';
import { SharingDoor } from './controls/sharing-door.js';
import { Sheet } from './controls/sheet.js';
import { MapView } from './map/view.js';
import { followAddressBar } from './state/address-bar.js';
import { readLink } from './state/permalink.js';
import { ViewerState } from './state/viewer-state.js';

const byId = (id) => document.getElementById(id);

const configuration = readConfiguration();
const coordinates = new Coordinates(configuration.projection);
const wording = new Wording(configuration.texts, configuration.portal.language);
const announcer = new Announcer(byId('announcer'));
const state = new ViewerState(configuration);
Object.assign(state, readLink(window.location.search, configuration, coordinates));

const map = new MapView(byId('map'), configuration, coordinates, { gridId: state.gridId });
const sheet = new Sheet({ workspace: byId('workspace'), sidebar: byId('sidebar'), grip: byId('sheet-grip') });
const panel = new AnswerPanel(byId('answer'), { configuration, coordinates, wording, announcer, sheet });
const contents = new Contents(byId('contents'), { state, map, configuration, wording, announcer });
const inquiry = new Inquiry({ state, map, panel, configuration, coordinates, wording });
const toolParts = { stage: document.querySelector('.stage'), state, map, configuration, coordinates, wording, announcer, sheet };
const selecting = new SelectingDoor({ ...toolParts, container: byId('selecting') });
const drawing = new DrawingDoor({ ...toolParts, container: byId('drawing') });
const printing = new PrintingDoor({ ...toolParts, container: byId('printing') });
new SharingDoor(byId('share'), { ...toolParts, container: byId('sharing') });
followAddressBar(state, configuration, coordinates);
const search = new SearchBox(
  { form: document.querySelector('.search'), input: byId('search-input'), list: byId('search-results'), message: byId('search-message'), clear: byId('search-clear') },
  { urls: configuration.urls, wording, announcer },
);

const groundOf = () => ({
  gridId: state.gridId,
  baseMap: configuration.baseMaps.find((each) => each.id === state.baseId) ?? null,
});

state.on('theme', () => map.showTheme(state.theme, state.layerStates()));
for (const changed of ['layers', 'order']) state.on(changed, () => map.drawLayers(state.layerStates()));
state.on('ground', () => map.change(groundOf()));
state.on('restored', showState);
map.on('moved', (view) => {
  state.moveTo(view);
  contents.refresh();
});
panel.on('closed', () => {
  state.select(null);
  if (!selecting.takesClicks) sheet.set('low');
  map.focus();
});
panel.on('gathered', ({ id, way }) => selecting.gather(id, way));
search.on('picked', showFound);
search.on('listed', (answer) => selecting.addFound(answer));
map.on('clicked', (point) => {
  search.showText('');
  if (selecting.takesClicks) selecting.take(point);
  else inquiry.pickPoint(point);
});

nameMap(byId('map'), wording);
askByKeyboard(byId('map'), { map, state, panel, selecting });
buildMapTools(byId('map-tools'), {
  map, configuration, wording, announcer, more: [selecting.buildButton(), drawing.buildButton(), printing.buildButton()],
  onLocated: (point) => {
    map.show({ ...point, mpp: lookAtPoint({ searchKind: 'address' }) });
    state.select({ point, layer: null, id: null });
  },
});
new Readout({ bar: byId('scale-bar'), facts: byId('readout') }, { map, coordinates, wording });
showAttribution(byId('attribution'), { state, configuration });
showMapHealth(byId('map-message'), { map, state, wording, configuration });
keepViewAcrossLanguages();
showState();
document.body.classList.add('is-ready');

/** Show the state as it is: at the start, and when "back" brings an older one. */
function showState() {
  const { selection, view } = state;
  map.change(groundOf());
  map.showTheme(state.theme, state.layerStates());
  if (view) map.show(view, { animate: false });
  else if (selection?.point) map.show({ ...selection.point, mpp: lookAtPoint() }, { animate: false });
  else state.view = map.readView();
  inquiry.run({ fit: !view && selection !== null });
  selecting.refresh({ fit: !view && selection === null, isRestored: true });
}

/** A result of the search: ask about it, which may open a sheet over the map, then go there. */
function showFound({ layer, id, point, bbox }) {
  const isPoint = bbox[0] === bbox[2] && bbox[1] === bbox[3];
  // A street is no feature to ask about: its houses are.
  const isStreet = layer !== null && id === null;
  if (!isStreet) state.select({ layer, id, point: { lon: point.lon, lat: point.lat } });
  if (isPoint) map.show({ ...point, mpp: lookAtPoint(configuration.layers[layer]) });
  else map.fit(bbox, { nearest: CLOSEST_LOOK, room: ROOM_AROUND_FOUND });
}
