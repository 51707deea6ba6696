// One found feature in the panel: a parcel as facts, a zone in plain words, a utility line in one row.

import { parcelAddress } from '../base/configuration.js';
import { element } from '../base/elements.js';
import { nameOfId } from '../base/parcel-names.js';
import { inSentence } from '../base/wording.js';
import { swatch } from './layer-legend.js';

/** A feature with all its facts; what is unknown is said so. */
export function buildFeature(layer, feature, parts) {
  const { wording, configuration } = parts;
  const measured = feature.area_m2 ? [[wording.say('answer.area'), wording.area(feature.area_m2)]] : [];
  const title = layer.role === 'parcels' ? null : element('p', { class: 'feature__title' },
    element('span', { class: 'feature__layer' }, layer.title), ' ', feature.title, distance(feature, wording));
  return element('div', { class: 'feature', 'data-layer': layer.layer, 'data-id': feature.id },
    title, ...buildFacts(feature.properties, measured, wording), ...(configuration.layers[layer.layer]?.isCadastre ? [pageLink(feature, parts), gatherButtons(feature, parts)] : []));
}

/** The ways from one parcel to a selection of several. */
function gatherButtons({ id }, { wording, gather }) {
  if (!nameOfId(id)) return null;
  return element('p', { class: 'feature__gather' }, ...['this', 'neighbours', 'distance'].map((way) => element('button', {
    type: 'button', class: 'button button--plain', onclick: () => gather(id, way),
  }, wording.say(`selecting.gather_${way}`))));
}

/** A zone: the words for its use first, its code small beside them. */
export function buildZone(layer, feature, parts) {
  const { configuration, wording } = parts;
  const { style, legend } = configuration.layers[layer.layer] ?? { style: { by: null }, legend: [] };
  const use = feature.properties.find((property) => property.name === style.by);
  const entry = use ? findEntry(legend, use.value, style.match) : legend[0];
  const words = use?.text ?? entry?.title ?? feature.title;
  const others = feature.properties.filter((property) => property !== use && property.text !== words);
  return element('div', { class: 'feature feature--zone', 'data-layer': layer.layer, 'data-id': feature.id },
    element('p', { class: 'zone' }, entry ? swatch(entry) : null,
      element('span', { class: 'zone__words' }, words),
      use?.value && use.value !== use.text ? element('span', { class: 'zone__code' }, use.value) : null),
    ...buildFacts(others, [], wording));
}

/** A line or device of a utility: what it is and how far away; its facts on request. */
export function buildUtility(layer, feature, parts) {
  const { configuration, wording } = parts;
  const { style, legend } = configuration.layers[layer.layer] ?? { style: { by: null }, legend: [] };
  const kind = feature.properties.find((property) => property.name === style.by);
  const entry = (kind ? findEntry(legend, kind.value, style.match) : null) ?? legend[0];
  const measured = feature.length_m ? [[wording.say('answer.length'), wording.length(feature.length_m)]] : [];
  return element('details', { class: 'feature feature--utility', 'data-layer': layer.layer, 'data-id': feature.id },
    element('summary', { class: 'utility' }, entry ? swatch(entry) : null,
      element('span', { class: 'utility__words' }, layer.title, kind?.text ? element('small', {}, kind.text) : null),
      distance(feature, wording)),
    ...buildFacts(feature.properties, measured, wording));
}

function distance({ distance_m: metres }, wording) {
  if (metres === null || metres === undefined || metres < 0.05) return null;
  return element('span', { class: 'feature__distance' }, wording.say('answer.away', { distance: wording.length(metres) }));
}

/** What is known, name by name, and then in one line what is not. */
function buildFacts(properties, measured, wording) {
  const isKnown = ({ text }) => text !== null && text !== undefined && text !== '';
  const facts = [...properties.filter(isKnown).map((property) => [property.title, factText(property)]), ...measured];
  const unknown = properties.filter((property) => !isKnown(property)).map(({ title }) => inSentence(title));
  return [
    facts.length > 0 ? element('dl', { class: 'facts' }, ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])) : null,
    unknown.length > 0 ? element('p', { class: 'unknown' }, wording.say('answer.unknown', { names: unknown.join(', ') })) : null,
  ];
}

function factText({ text, value, unit }) {
  const withUnit = unit ? `${text} ${unit}` : text;
  return isCode(value, text) ? `${withUnit} (${value})` : withUnit;
}

/** A code whose words are shown: worth repeating, unlike a date or a number in another notation. */
function isCode(value, text) {
  return typeof value === 'string' && !text.includes(value) && !/^\d{4}-\d\d-\d\d/.test(value);
}

/** The legend entry of a class value, with the longest match where the style matches by prefix. */
function findEntry(legend, value, match) {
  if (value === null || value === undefined) return null;
  const text = String(value);
  for (let length = text.length; length > 0; length -= 1) {
    const entry = legend.find((each) => each.value === text.slice(0, length));
    if (entry || match === 'exact') return entry ?? null;
  }
  return null;
}

/** To everything that applies on a parcel, on a page of its own. */
function pageLink(feature, { configuration, wording }) {
  return element('p', { class: 'feature__page' },
    element('a', { href: parcelAddress(configuration.urls, feature.id) }, wording.say('answer.parcel_page')));
}
