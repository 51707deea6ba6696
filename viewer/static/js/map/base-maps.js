// Base maps from outside, as portal.toml names them. Their origins stand in the page's CSP.

import { TileLayer } from 'leaflet';

/** The base maps that fit a grid: XYZ tiles are Web Mercator, a WMS answers in any CRS. */
export function baseMapsFor(baseMaps, gridId) {
  return baseMaps.filter((each) => each.grid === null || each.grid === gridId);
}

export function buildBaseMap({ kind, url, layers }) {
  const options = { pane: 'base', className: 'base-map', maxZoom: 30, maxNativeZoom: kind === 'xyz' ? 19 : undefined };
  if (kind === 'wms') return new TileLayer.WMS(url, { ...options, layers, format: 'image/png', version: '1.3.0' });
  return new TileLayer(url, options);
}
