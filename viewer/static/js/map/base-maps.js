// Base maps from outside, as portal.toml names them. Their origins stand in the page's CSP.

import { TileLayer } from 'leaflet';
import { wmtsAddress } from './wmts.js';

const DEEPEST_ZOOM = 30;

/**
 * XYZ and WMTS pictures belong to one grid and are stretched past their deepest zoom; a WMS answers in the map's
 * own CRS.
 */
export function buildBaseMap(baseMap) {
  const options = { pane: 'base', maxZoom: DEEPEST_ZOOM };
  if (baseMap.kind === 'wms') {
    return new TileLayer.WMS(baseMap.url, { ...options, layers: baseMap.layers, format: baseMap.format, version: '1.3.0' });
  }
  const address = baseMap.kind === 'wmts' ? wmtsAddress(baseMap) : baseMap.url;
  return new TileLayer(address, { ...options, maxNativeZoom: baseMap.deepestZoom });
}
