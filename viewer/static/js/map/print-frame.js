// The edge of a sheet on the map: a rectangle of the portal's CRS around the middle, which stays there while the
// map is moved below it. What lies outside is paled.

import { featureGroup, latLng, polygon } from 'leaflet';

const COLOUR = '#0b5563';
const CASING = '#ffffff';
const PANE = 'selection';

export class PrintFrame {
  constructor(coordinates) {
    this._coordinates = coordinates;
    this._size = null;
    this._map = null;
    this._draw = this._draw.bind(this);
  }

  /** Called by MapView, again when the map was made anew. */
  attach(map) {
    this._map = map;
    map.on('move zoom', this._draw);
    this._draw();
  }

  detach() {
    this._map?.off('move zoom', this._draw);
    this._shown?.remove();
    this._shown = null;
    this._map = null;
  }

  /** {width, height} in metres. */
  setSize(size) {
    this._size = size;
    this._draw();
  }

  /** What the sheet shows, [west, south, east, north] in degrees; null where the CRS cannot be computed here. */
  readBox() {
    const corners = this._corners();
    if (!corners) return null;
    const [lons, lats] = [corners.map(({ lon }) => lon), corners.map(({ lat }) => lat)];
    return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  }

  _corners() {
    if (!this._map || !this._size) return null;
    const { lng: lon, lat } = this._map.getCenter();
    return this._coordinates.rectangleAround({ lon, lat }, this._size);
  }

  _draw() {
    this._shown?.remove();
    const corners = this._corners()?.map(({ lon, lat }) => latLng(lat, lon));
    if (!corners) return;
    const quiet = { pane: PANE, interactive: false };
    const far = this._map.getBounds().pad(1);
    const around = [far.getSouthWest(), far.getNorthWest(), far.getNorthEast(), far.getSouthEast()];
    this._shown = featureGroup([
      polygon([around, corners], { ...quiet, stroke: false, fillColor: CASING, fillOpacity: 0.55 }),
      polygon(corners, { ...quiet, color: CASING, weight: 6, fill: false }),
      polygon(corners, { ...quiet, color: COLOUR, weight: 2.5, fill: false, className: 'print-frame' }),
    ]).addTo(this._map);
  }
}
