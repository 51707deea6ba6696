// A large layer in Leaflet: vector tiles, drawn on a canvas by twenty lines of one's own.
import { GridLayer, Map } from 'leaflet';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

const PORTAL = 'https://prostor.example.si';
const SHARPNESS = window.devicePixelRatio;

/** Draws the outlines of everything in one tile. */
async function draw(canvas, address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The portal answered ${answer.status}.`);
  if (answer.status === 204) return; // nothing lies here
  const tile = new VectorTile(new PbfReader(await answer.arrayBuffer()));
  const pen = canvas.getContext('2d');
  pen.strokeStyle = '#6b4a1f';
  pen.lineWidth = SHARPNESS;
  for (const layer of Object.values(tile.layers)) {
    const scale = canvas.width / layer.extent;
    for (let number = 0; number < layer.length; number += 1) {
      for (const line of layer.feature(number).loadGeometry()) {
        pen.beginPath();
        for (const { x, y } of line) pen.lineTo(x * scale, y * scale);
        pen.stroke();
      }
    }
  }
}

const Tiles = GridLayer.extend({
  createTile(place, done) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = this.getTileSize().x * SHARPNESS;
    draw(canvas, this.options.address(place)).then(() => done(null, canvas), (fault) => done(fault, canvas));
    return canvas;
  },
});

// TileJSON says where the tiles are, from which zoom to which, and whose they are.
const { tiles, bounds, minzoom, maxzoom, attribution } = await (
  await fetch(`${PORTAL}/tiles/parcels/WebMercatorQuad.json`)
).json();
const [west, south, east, north] = bounds;
const map = new Map('map', { minZoom: minzoom }).setView([(south + north) / 2, (west + east) / 2], minzoom);
new Tiles({
  address: (place) => tiles[0].replace(/\{([xyz])\}/g, (_, name) => place[name]),
  maxNativeZoom: maxzoom,
})
  .on('load', () => document.body.classList.add('is-drawn'))
  .addTo(map);
document.querySelector('#note').textContent = attribution;
