// Base maps from outside, as portal.toml names them. Their origins stand in the page's CSP.

import { TileLayer } from 'leaflet';

const DEEPEST_PICTURES = 19;
const DEEPEST_ZOOM = 30;

/** XYZ pictures are Web Mercator and stretched past their deepest zoom; a WMS answers in the map's own CRS. */
export function buildBaseMap({ kind, url, layers }) {
  const options = { pane: 'base', maxZoom: DEEPEST_ZOOM };
  if (kind === 'wms') return new TileLayer.WMS(url, { ...options, layers, format: 'image/png', version: '1.3.0' });
  return new TileLayer(url, { ...options, maxNativeZoom: DEEPEST_PICTURES });
}
