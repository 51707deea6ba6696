// A layer as plain GeoJSON in Leaflet: every page of it is read, and a click shows what is known.
import { Map, geoJSON } from '/leaflet/leaflet-src.esm.js';

const PORTAL = 'https://prostor.example.si';
const LAYER = `${PORTAL}/ogc/collections/zoning`;

/** Asks for JSON; what the portal says of a fault becomes the error. */
async function ask(address) {
  const answer = await fetch(address);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.detail);
  return content;
}

/** Follows the link `next` until there is none. */
async function* readPages(address) {
  while (address) {
    const page = await ask(address);
    yield page;
    address = page.links.find(({ rel }) => rel === 'next')?.href;
  }
}

/** A list of names and values, made of text only: data are never HTML. */
function describe(properties) {
  const list = document.createElement('dl');
  const add = (tag, text) => list.appendChild(document.createElement(tag)).append(text);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null) continue;
    add('dt', name);
    add('dd', value);
  }
  return list;
}

const map = new Map('map');
const zones = geoJSON(null, {
  style: { color: '#8a4b2a', weight: 1, fillColor: '#f0b48a', fillOpacity: 0.4 },
  onEachFeature: (feature, shape) => shape.bindPopup(() => describe(feature.properties)),
}).addTo(map);

const { title, attribution } = await ask(LAYER);
for await (const page of readPages(`${LAYER}/items?limit=1000`)) zones.addData(page);
map.fitBounds(zones.getBounds());
document.querySelector('#note').textContent = `${title}: ${zones.getLayers().length}. ${attribution}`;
document.body.classList.add('is-drawn');
