// The parts of an answer, each built from what /identify said. "None here" and "no data" are different
// sentences everywhere.

import { element, outsideLink } from '../base/elements.js';
import { inSentence } from '../base/wording.js';
import { copyRow } from './copy-row.js';
import { buildFeature, buildUtility, buildZone } from './feature-parts.js';

const MOST_SHOWN = 2;

const SECTIONS = [
  { key: 'parcel', roles: ['parcels'], build: buildFeature },
  { key: 'zone', roles: ['zoning'], build: buildZone },
  { key: 'utilities', roles: ['utilities'], build: buildUtility },
  { key: 'protection', roles: ['protection'], build: buildFeature },
  { key: 'more', roles: ['addresses', 'buildings', 'other'], build: buildFeature },
];

/** {title, subtitle}: the name of what was found, and the settlement or the address it lies at. */
export function buildHeading(answer, main, { wording }) {
  if (!main) {
    return { title: wording.say(answer.inside ? 'answer.point' : 'answer.outside'), subtitle: null };
  }
  const { layer, feature } = main;
  if (layer.role === 'parcels') return { title: wording.say('answer.parcel_title', { number: feature.title }), subtitle: placeName(answer) };
  return { title: feature.title, subtitle: main.parcel ? wording.say('answer.parcel_title', { number: main.parcel.feature.title }) : null };
}

/** Where am I: coordinates to read and to copy. */
export function buildPlace({ position }, { coordinates, wording, announcer }) {
  const rows = [];
  const native = coordinates.srid ? { x: position.e, y: position.n } : null;
  if (native) {
    rows.push(copyRow({
      name: coordinates.name,
      hint: `EPSG:${coordinates.srid}`,
      shown: `e ${wording.coordinate(native.x, 2)}   n ${wording.coordinate(native.y, 2)}`,
      copied: `${native.x.toFixed(2)}, ${native.y.toFixed(2)}`,
    }, { wording, announcer }));
  }
  rows.push(copyRow({
    name: 'WGS 84',
    hint: wording.say('answer.latitude_first'),
    shown: `${wording.number(position.lat, 6)}° N   ${wording.number(position.lon, 6)}° E`,
    copied: `${position.lat.toFixed(6)}, ${position.lon.toFixed(6)}`,
  }, { wording, announcer }));
  return section('place', wording.say('answer.place'), ...rows);
}

/** One section for each kind of question, in the order people ask them. */
export function buildSections(answer, main, parts) {
  return SECTIONS.map(({ key, roles, build }) => {
    const layers = answer.layers.filter((layer) => roles.includes(layer.role));
    if (layers.every(({ status }) => isSilent(status, key))) return null;
    const found = layers.flatMap((layer) => fewFirst(layer.features.map((feature) => build(layer, feature, parts)), parts));
    return section(key, parts.wording.say(`answer.${key}`), ...found, ...buildAbsences(layers, key, parts), documentsOf(layers, parts));
  }).filter((each) => each !== null);
}

/** Sources with date and licence of every layer that was asked. */
export function buildSources({ layers }, { wording }) {
  const rows = bySource(layers.filter(({ status }) => status !== 'no_data')).map(({ titles, source }) => element('li', {},
    element('strong', {}, titles.join(', ')), ': ', source.provider, ', ',
    wording.say('answer.state', { date: wording.date(source.state_date) }), ', ',
    source.licence_url ? outsideLink(source.licence_url, source.licence) : source.licence, '.'));
  return element('details', { class: 'answer__section sources' },
    element('summary', {}, wording.say('answer.sources')),
    element('ul', { class: 'sources__list' }, ...rows));
}

/** The nearest few of a layer; a junction may have a dozen pipes, which are there when asked for. */
function fewFirst(built, { wording }) {
  if (built.length <= MOST_SHOWN + 1) return built;
  const rest = built.slice(MOST_SHOWN);
  return [...built.slice(0, MOST_SHOWN), element('details', { class: 'feature feature--rest' },
    element('summary', {}, wording.say('answer.rest', { count: rest.length })), ...rest)];
}

function section(key, title, ...children) {
  return element('section', { class: `answer__section answer__section--${key}`, 'data-section': key }, element('h3', {}, title), ...children);
}

/** That there is no address or settlement at a point is nothing to tell. */
function isSilent(status, key) {
  return status === 'none' && key === 'more';
}

/** Layers of one provider, date and licence are told together: {titles, source}. */
function bySource(layers) {
  const groups = new Map();
  for (const { title, source } of layers) {
    const key = [source.provider, source.state_date, source.licence].join('|');
    if (!groups.has(key)) groups.set(key, { titles: [], source });
    groups.get(key).titles.push(title);
  }
  return [...groups.values()];
}

/** What is not here, and what nobody can say. */
function buildAbsences(layers, key, { wording }) {
  const none = layers.filter(({ status }) => status === 'none' && !isSilent(status, key)).map(({ title }) => title);
  const lines = [];
  if (none.length > 0) {
    const only = none.length === layers.length && layers.length === 1;
    lines.push(element('p', { class: 'absence' }, only ? wording.say(`answer.none_${key}`) : wording.say('answer.none', { layers: none.map(inSentence).join(', ') })));
  }
  for (const { title, reason } of layers.filter(({ status }) => status === 'no_data')) {
    lines.push(element('p', { class: 'absence absence--unknown' },
      element('strong', {}, wording.say('answer.no_data', { layer: title })), ' ', wording.say(`status.${reason ?? 'failed'}`)));
  }
  return lines;
}

function documentsOf(layers, { wording }) {
  const documents = layers.filter(({ status }) => status === 'found').flatMap((layer) => layer.documents ?? []);
  if (documents.length === 0) return null;
  const unique = [...new Map(documents.map((each) => [each.url, each])).values()];
  return element('div', { class: 'documents-block' },
    element('p', { class: 'documents-block__title' }, wording.say('answer.documents')),
    element('ul', { class: 'documents' }, ...unique.map(({ title, url }) => element('li', {}, outsideLink(url, title)))));
}

function placeName({ layers }) {
  const address = layers.find(({ role }) => role === 'addresses')?.features.find(({ distance_m: distance }) => distance <= 25);
  return address?.title ?? null;
}
