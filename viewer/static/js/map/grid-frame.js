// A grid as Leaflet sees it: its CRS, and what a zoom means on the ground. The only place that knows how
// the zooms of different grids compare; everyone else speaks of ground metres per CSS pixel.

import { CRS, LatLng, Point, Transformation, bounds, extend } from 'leaflet';

const WEB_MERCATOR = 3857;
const DEGREE = Math.PI / 180;
const FINEST_METRES_PER_PIXEL = 0.03;

export class GridFrame {
  /** `grid` from the configuration; `projection` a TransverseMercator when the grid is not Web Mercator. */
  constructor(grid, projection) {
    this.id = grid.id;
    this.maxTileZoom = grid.maxTileZoom;
    this._grid = grid;
    this._projection = grid.srid === WEB_MERCATOR ? null : projection;
    this.crs = this._projection ? nativeCrs(grid, projection) : CRS.EPSG3857;
  }

  /** Ground metres per CSS pixel at a zoom and a point. */
  metresPerPixel(zoom, { lon, lat }) {
    const perUnit = this._projection ? 1 / this._projection.pointScale(lon, lat) : Math.cos(lat * DEGREE);
    return (this._grid.resolution0 / 2 ** zoom) * perUnit;
  }

  /** The whole zoom whose ground resolution comes nearest to the wanted one. */
  zoomFor(metresPerPixel, point) {
    const exact = Math.log2(this.metresPerPixel(0, point) / metresPerPixel);
    return Math.min(Math.max(Math.round(exact), this._grid.minZoom), this.maxZoom(point));
  }

  maxZoom(point) {
    const finest = Math.floor(Math.log2(this.metresPerPixel(0, point) / FINEST_METRES_PER_PIXEL));
    return Math.min(this._grid.maxZoom, finest);
  }
}

function nativeCrs(grid, projection) {
  const [originX, originY] = grid.origin;
  const [west, south, east, north] = grid.bounds;
  return extend({}, CRS, {
    code: `EPSG:${grid.srid}`,
    projection: {
      project: ({ lng, lat }) => toPoint(projection.project(lng, lat)),
      unproject: ({ x, y }) => toLatLng(projection.unproject(x, y)),
      bounds: bounds([west, south], [east, north]),
    },
    transformation: new Transformation(1, -originX, -1, originY),
    scale: (zoom) => 2 ** zoom / grid.resolution0,
    zoom: (scale) => Math.log2(scale * grid.resolution0),
    distance: CRS.Earth.distance.bind(CRS.Earth),
    infinite: false,
  });
}

function toPoint({ x, y }) {
  return new Point(x, y);
}

function toLatLng({ lon, lat }) {
  return new LatLng(lat, lon);
}
