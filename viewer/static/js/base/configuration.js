// Reads what the page's configuration says (viewer/configuration.py). The only place that looks for it.

export function readConfiguration(page = document) {
  return JSON.parse(page.getElementById('configuration').textContent);
}

/** The address of one feature as GeoJSON in CRS84, which is what Leaflet draws. */
export function itemAddress(urls, layer, id) {
  return urls.item.replace('{layer}', encodeURIComponent(layer)).replace('{id}', encodeURIComponent(id));
}

/**
 * The page of a parcel by the id of its feature, or by `KO/number`; of several in one KO by `KO/number,number`.
 * The server leads on from every spelling to the one that stays.
 */
export function parcelAddress(urls, id) {
  return urls.parcelPage.replace('{id}', encodeURIComponent(id).replace(/%2F/g, '/').replace(/%2C/g, ','));
}

/** An address with query parameters; those that are null or undefined are left out. */
export function withParameters(address, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) query.set(name, value);
  }
  return `${address}?${query}`;
}

/**
 * The same for long lists of parcels: signs that need no encoding in a query stay as they are, so that 500 parcels
 * fit into the 8 kB that proxies let through.
 */
export function withLongParameters(address, parameters) {
  return withParameters(address, parameters).replace(/%(?:2F|3A|2C|3B)/g, decodeURIComponent);
}
