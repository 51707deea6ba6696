// Drawings as a file: GeoJSON (RFC 7946, so longitude and latitude of WGS 84) with the look as simplestyle-spec
// 1.1.0 has it. What is read is held against all of this; a file is opened whole or not at all.

import { areaOf, lengthOf, signedArea } from '../base/plane.js';
import { COLOURS, MOST_SHAPES, tidyShape } from '../base/shapes.js';

export const MOST_BYTES = 1_000_000;
const TYPES = { point: 'Point', line: 'LineString', area: 'Polygon' };
const KIND_OF = { Point: 'point', LineString: 'line', Polygon: 'area' };
/** A tenth of a millimetre, so that reading comes back to the same centimetre. */
const DIGITS = 9;

/** Why a file was not opened: `key` of the sentence and what it names. */
export class FileProblem extends Error {
  constructor(key, values = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}

export function writeFile(shapes, coordinates) {
  return `${JSON.stringify({ type: 'FeatureCollection', features: shapes.map((each) => toFeature(each, coordinates)) }, null, 1)}\n`;
}

/** The shapes of a file's text. Throws FileProblem. */
export function readFile(text, coordinates, isInReach) {
  const content = parse(text);
  if (content?.type !== 'FeatureCollection' || !Array.isArray(content.features)) throw new FileProblem('not_a_collection');
  if (content.crs !== undefined && !/CRS84|EPSG::?4326/.test(content.crs?.properties?.name ?? '')) throw new FileProblem('other_crs');
  if (content.features.length === 0) throw new FileProblem('empty');
  if (content.features.length > MOST_SHAPES) throw new FileProblem('too_many_shapes', { most: MOST_SHAPES });
  return content.features.map((feature, index) => toShape(feature, index + 1, coordinates, isInReach));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new FileProblem('not_json');
  }
}

function toFeature({ kind, points, colour, text }, coordinates) {
  const { value } = COLOURS[colour];
  const positions = points.map((point) => toPosition(coordinates.fromNative(point)));
  const look = {
    point: { 'marker-color': value },
    line: { stroke: value, 'stroke-width': 3, length_m: rounded(lengthOf(points)) },
    area: {
      stroke: value, 'stroke-width': 3, fill: value, 'fill-opacity': 0.15,
      area_m2: rounded(areaOf(points)), perimeter_m: rounded(lengthOf(points, true)),
    },
  }[kind];
  const properties = { title: text, ...look, ...(kind === 'point' ? {} : { measured_in: `EPSG:${coordinates.srid}` }) };
  return { type: 'Feature', geometry: { type: TYPES[kind], coordinates: inGeoJson(kind, positions, points) }, properties };
}

/** An outer ring runs counter-clockwise and ends where it begins (RFC 7946, 3.1.6). */
function inGeoJson(kind, positions, points) {
  if (kind === 'point') return positions[0];
  if (kind === 'line') return positions;
  const ring = signedArea(points) < 0 ? [positions[0], ...positions.slice(1).reverse()] : positions;
  return [[...ring, ring[0]]];
}

function toShape(feature, number, coordinates, isInReach) {
  const { geometry, properties } = feature ?? {};
  const kind = Object.hasOwn(KIND_OF, geometry?.type ?? '') ? KIND_OF[geometry.type] : null;
  if (feature?.type !== 'Feature' || !kind) throw new FileProblem('other_geometry', { number });
  if (kind === 'area' && geometry.coordinates?.length !== 1) throw new FileProblem('holes', { number });
  const positions = { point: () => [geometry.coordinates], line: () => geometry.coordinates, area: () => geometry.coordinates[0] }[kind]();
  if (!Array.isArray(positions) || !positions.every(isPosition)) throw new FileProblem('not_positions', { number });
  const points = positions.map(([lon, lat]) => Object.values(coordinates.toNative({ lon, lat })));
  const shape = tidyShape({ kind, points, colour: colourOf(properties), text: textOf(properties) }, isInReach);
  if (shape.fault) throw new FileProblem(`shape_${shape.fault}`, { number });
  return shape;
}

/** Longitude, latitude, and a height that nobody needs here. */
function isPosition(position) {
  return Array.isArray(position) && (position.length === 2 || position.length === 3)
    && position.every(Number.isFinite) && Math.abs(position[0]) <= 180 && Math.abs(position[1]) <= 90;
}

function textOf(properties) {
  return typeof properties?.title === 'string' ? properties.title : '';
}

/** The colour of the palette that comes nearest to the file's. */
function colourOf(properties) {
  const wanted = [properties?.stroke, properties?.['marker-color']].map(parseColour).find((each) => each !== null);
  if (!wanted) return 0;
  const distances = COLOURS.map(({ value }) => Math.hypot(...parseColour(value).map((each, index) => each - wanted[index])));
  return distances.indexOf(Math.min(...distances));
}

function parseColour(text) {
  if (typeof text !== 'string' || !/^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text)) return null;
  const digits = text.replace('#', '');
  const long = digits.length === 3 ? [...digits].map((each) => each + each).join('') : digits;
  return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16));
}

function toPosition({ lon, lat }) {
  return [Number(lon.toFixed(DIGITS)), Number(lat.toFixed(DIGITS))];
}

function rounded(metres) {
  return Number(metres.toFixed(3));
}
