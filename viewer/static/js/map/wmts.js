// Addresses of a WMTS 1.0.0 (OGC 07-057r7).

/**
 * The address of a tile with places for zoom, column and row: by the service's own template
 * when `url` is one (clause 10), else by key and value (clause 8).
 */
export function wmtsAddress({ url, layers, format, matrixSet, matrix, style }) {
  const named = { layer: layers, style, tilematrixset: matrixSet, tilematrix: matrix, tilerow: '{y}', tilecol: '{x}' };
  if (/\{TileMatrix\}/i.test(url)) return url.replace(/\{(\w+)\}/g, (whole, name) => named[name.toLowerCase()] ?? whole);
  const asked = Object.entries({ service: 'WMTS', request: 'GetTile', version: '1.0.0', ...named, format })
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%7B([xyz])%7D/g, '{$1}')}`);
  return `${url}${url.includes('?') ? '&' : '?'}${asked.join('&')}`;
}
