// A theme in MapLibre GL JS, in the portal's own style; a click names what lies there.
import { Map, NavigationControl, Popup } from '/maplibre/maplibre-gl.mjs';

const PORTAL = 'https://prostor.example.si';

const map = new Map({ container: 'map', style: `${PORTAL}/tiles/planning/style.json` });
map.addControl(new NavigationControl({ showCompass: false }));
map.on('click', ({ point, lngLat }) => {
  const [found] = map.queryRenderedFeatures(point).filter(({ properties }) => properties.nrp);
  // setText and not setHTML: data are never HTML.
  if (found) new Popup().setLngLat(lngLat).setText(found.properties.nrp).addTo(map);
});
map.on('idle', () => {
  const layers = map.getStyle().metadata['prostor:layers'];
  document.querySelector('#note').textContent = layers.map(({ title }) => title).join(', ');
  document.body.classList.add('is-drawn');
});
window.map = map; // for a look from the browser's console
