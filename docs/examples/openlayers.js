// OpenLayers in the national CRS D96/TM: parcels as vector tiles of the national grid, zones as GeoJSON in metres.
// Map, tiles and features share one CRS, so nothing is transformed, and areas are areas.
const PORTAL = 'https://prostor.example.si';
const D96 = 'http://www.opengis.net/def/crs/EPSG/0/3794';

/** Asks for JSON; what the portal says of a fault becomes the error. */
async function ask(path) {
  const answer = await fetch(path.startsWith('http') ? path : PORTAL + path);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.detail);
  return content;
}

const grid = await ask('/ogc/tileMatrixSets/SI-D96');
const tilejson = await ask('/tiles/parcels/SI-D96.json');
const { lowerLeft, upperRight } = grid.boundingBox;
const resolutions = grid.tileMatrices.slice(0, tilejson.maxzoom + 1).map(({ cellSize }) => cellSize);
const projection = new ol.proj.Projection({ code: 'EPSG:3794', units: 'm', extent: [...lowerLeft, ...upperRight] });

const parcels = new ol.layer.VectorTile({
  source: new ol.source.VectorTile({
    format: new ol.format.MVT(),
    url: tilejson.tiles[0],
    projection,
    tileGrid: new ol.tilegrid.TileGrid({
      extent: projection.getExtent(),
      origin: grid.tileMatrices[0].pointOfOrigin,
      resolutions,
      tileSize: 256,
    }),
  }),
  minZoom: tilejson.minzoom - 1,
  style: { 'stroke-color': '#6b4a1f', 'stroke-width': 1 },
});

const zones = new ol.source.Vector();
for (let next = `/ogc/collections/zoning/items?limit=1000&crs=${D96}`; next; ) {
  const page = await ask(next);
  zones.addFeatures(new ol.format.GeoJSON({ dataProjection: projection }).readFeatures(page));
  next = page.links.find(({ rel }) => rel === 'next')?.href;
}

const map = new ol.Map({
  target: 'map',
  layers: [
    new ol.layer.Vector({ source: zones, style: { 'fill-color': 'rgb(240 180 138 / 45%)' } }),
    parcels,
  ],
  view: new ol.View({
    projection,
    resolutions,
    center: ol.extent.getCenter(zones.getExtent()),
    zoom: tilejson.minzoom,
  }),
});
map.on('singleclick', ({ coordinate }) => {
  const [zone] = zones.getFeaturesAtCoordinate(coordinate);
  const area = zone && Math.round(zone.getGeometry().getArea());
  document.querySelector('#note').textContent = zone ? `${zone.get('eup')} ${zone.get('nrp')}: ${area} m²` : '';
});
map.once('rendercomplete', () => document.body.classList.add('is-drawn'));
document.querySelector('#note').textContent = `Območij: ${zones.getFeatures().length}. ${tilejson.attribution}`;
window.map = map; // for a look from the browser's console
