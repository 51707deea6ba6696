// What the address of an embedded map says beside the grammar of links (docs/guides/embedding.en.md): a parcel, an
// address or an extent to begin with, a marker with a text, and which controls there are. Pure.

const MAX_TEXT = 200;
const CONTROLS = ['zoom', 'home', 'locate', 'scale', 'text'];
const USUAL_CONTROLS = ['zoom', 'home', 'scale', 'text'];

/**
 * {parcel, address, bbox, marker, controls}: the id of a parcel or null, a text to search for or null,
 * [west, south, east, north] in degrees or null, {point, text} or null, and a set of names.
 */
export function readEmbedOptions(query, coordinates) {
  const parameters = new URLSearchParams(query);
  const point = coordinates.read(parameters.get('marker'));
  return {
    parcel: readParcel(parameters.get('parcel')),
    address: clip(parameters.get('address')),
    bbox: readBox(parameters.get('bbox'), coordinates),
    marker: point ? { point, text: clip(parameters.get('text')) } : null,
    controls: readControls(parameters.get('controls')),
  };
}

/** The feature id of a parcel written `9001-123/4`, `9001/123/4` or `9001 123/4`; null for anything else. */
export function readParcel(text) {
  const [, ko, number] = /^(\d{1,4})[-/ ](\*?\d+(?:\/\d+)?)$/.exec((text ?? '').trim()) ?? [];
  return ko ? `${Number(ko)}-${number}` : null;
}

/** Two corners, each as `Coordinates.read` reads a point. */
function readBox(text, coordinates) {
  const parts = (text ?? '').split(',');
  if (parts.length !== 4) return null;
  const low = coordinates.read(parts.slice(0, 2).join(','));
  const high = coordinates.read(parts.slice(2).join(','));
  return low && high && low.lon < high.lon && low.lat < high.lat ? [low.lon, low.lat, high.lon, high.lat] : null;
}

function readControls(text) {
  if (text === null) return new Set(USUAL_CONTROLS);
  return new Set(text.split(',', CONTROLS.length).filter((name) => CONTROLS.includes(name)));
}

function clip(text) {
  const clean = (text ?? '').trim();
  return clean === '' ? null : [...clean].slice(0, MAX_TEXT).join('');
}
