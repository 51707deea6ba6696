// Reads what the page's configuration says (viewer/configuration.py). The only place that looks for it.

export function readConfiguration(page = document) {
  return JSON.parse(page.getElementById('configuration').textContent);
}

/** The address of one feature as GeoJSON in CRS84, which is what Leaflet draws. */
export function itemAddress(urls, layer, id) {
  return urls.item.replace('{layer}', encodeURIComponent(layer)).replace('{id}', encodeURIComponent(id));
}

/** The page of a parcel by the id of its feature; the server leads on to the address with KO and number. */
export function parcelAddress(urls, id) {
  return urls.parcelPage.replace('{id}', encodeURIComponent(id).replace(/%2F/g, '/'));
}

/** An address with query parameters; those that are null or undefined are left out. */
export function withParameters(address, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) query.set(name, value);
  }
  return `${address}?${query}`;
}
