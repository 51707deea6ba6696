// Selected parcels: their names in links, pasted lists, CSV and GeoJSON, sums that say what they do not count.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { writeCsv } from '../../../viewer/static/js/base/csv.js';
import { boxAround } from '../../../viewer/static/js/base/geojson.js';
import { MOST_PARCELS, compareNames, nameOfId, readParcelNames, writeParcelNames } from '../../../viewer/static/js/base/parcel-names.js';
import { joinLines, linesOf, looksLikeList } from '../../../viewer/static/js/controls/list-question.js';
import { nameFile, writeGeoJson, writeTable } from '../../../viewer/static/js/controls/selecting/exports.js';
import { tellAnswer } from '../../../viewer/static/js/controls/selecting/sentences.js';
import { groupByKo, sumAreas } from '../../../viewer/static/js/controls/selecting/sums.js';

const wording = {
  say: (key, values = {}) => [key.split('.')[1], ...Object.values(values)].join(' '),
  count: (key, number) => `${key.split('.')[1]} ${number}`,
};
const PARCEL = {
  type: 'Feature', id: '9001-1/2', geometry: { type: 'Polygon', coordinates: [[[15, 46], [15.1, 46], [15.1, 46.1], [15, 46]]] },
  properties: { slope: 3 }, title: '9001 1/2', ko: '9001', ko_name: 'Lipovec; "mesto"', number: '1/2', eid: '100100001379837235',
  registered_m2: 400.5, drawn_m2: null, url: 'https://portal.example/parcels/9001/1/2',
};

test('names are read and written as the server writes them', () => {
  const names = [{ ko: '9001', number: '123/4' }, { ko: '9001', number: '*45' }, { ko: '9002', number: '5' }];

  assert.deepEqual(readParcelNames('9001:123/4,*45;9002:5'), names);
  assert.equal(writeParcelNames(names), '9001:123/4,*45;9002:5');
});

test('what names no parcel is left out, and nothing is twice', () => {
  assert.deepEqual(readParcelNames('9001;:1;9001:,1, 1 ,;x'), [{ ko: '9001', number: '1' }]);
  assert.deepEqual(readParcelNames(null), []);
  assert.deepEqual(readParcelNames(`9001:${'1'.repeat(60)}`), []);
  assert.equal(readParcelNames(`9001:${Array.from({ length: 900 }, (_, n) => n).join(',')}`).length, MOST_PARCELS);
});

test('an id of a feature is a name when it has the form of one', () => {
  assert.deepEqual(nameOfId('9001-12-a/3'), { ko: '9001', number: '12-a/3' });
  assert.equal(nameOfId('12'), null);
});

test('parcels stand in natural order, the asterisk series last', () => {
  const numbers = ['*2', '10/10', '10', '2', '10/2', '1'].map((number) => ({ ko: '9001', number }));
  const other = { ko: '902', number: '99' };

  const sorted = [...numbers, other].sort(compareNames).map(({ number }) => number);

  assert.deepEqual(sorted, ['99', '1', '2', '10', '10/2', '10/10', '*2']);
});

test('CSV opens in a Slovenian spreadsheet, and no cell runs', () => {
  const rows = [['=1+1', '+386', '-5', '@a', ' =x', '\t=x'], [1.5, null, undefined, 'a;b', 'say "a"', 'two\nlines']];

  const [heading, first, ...rest] = writeCsv(['čas', 'š', 'ž', 'd', 'e', 'f'], rows).split('\r\n');

  assert.equal(heading, '\ufeffčas;š;ž;d;e;f');
  assert.equal(first, "'=1+1;'+386;'-5;'@a;' =x;'\t=x");
  assert.equal(rest.join('\r\n'), '1,5;;;"a;b";"say ""a""";"two\nlines"\r\n');
});

test('a table names a parcel so that no spreadsheet takes it for a date nor rounds its EID', () => {
  const [heading, row] = writeTable([PARCEL], wording).split('\r\n');

  assert.equal(heading.split(';').length, 7);
  assert.equal(row, '9001 1/2;9001;"Lipovec; ""mesto""";EID 100100001379837235;400,5;;https://portal.example/parcels/9001/1/2');
});

test('GeoJSON has names and areas among the properties', () => {
  const { type, features, source } = JSON.parse(writeGeoJson([PARCEL], { licence: 'CC BY 4.0' }));

  assert.equal(type, 'FeatureCollection');
  assert.deepEqual(Object.keys(features[0]), ['type', 'id', 'geometry', 'properties']);
  assert.equal(features[0].properties.number, '1/2');
  assert.equal(features[0].properties.slope, 3);
  assert.equal(source.licence, 'CC BY 4.0');
});

test('a file is named by the day of the calendar', () => {
  assert.equal(nameFile({ say: () => 'parcele' }, 'csv', new Date(2026, 2, 1)), 'parcele-2026-03-01.csv');
});

test('a sum says how many it does not count', () => {
  const areas = [{ a: 0.1 }, { a: 0.2 }, { a: null }, {}];

  assert.deepEqual(sumAreas(areas, 'a'), { sum: 0.3, unknown: 2 });
});

test('one answer is for one cadastral municipality', () => {
  const groups = groupByKo([{ ko: '1', number: '1' }, { ko: '2', number: '1' }, { ko: '1', number: '2' }]);

  assert.deepEqual(groups.map(({ ko, features }) => [ko, features.length]), [['1', 2], ['2', 1]]);
});

test('pasted lines become one, cells of a spreadsheet apart by semicolons', () => {
  assert.equal(joinLines('9001 1/2\r\n\r\n9001\t3\n'), '9001 1/2 | 9001;3');
  assert.equal(joinLines('9001 1/2\n'), null);
  assert.deepEqual(linesOf(' a | b\n;,\nc'), ['a', 'b', 'c']);
});

test('what holds several numbers may be a list, an address is none', () => {
  for (const text of ['9001 1/2 | 9001 3', '9001 1/2, 3', '964;123/4']) assert.equal(looksLikeList(text), true, text);
  for (const text of ['9001 1/2', 'Glavni trg 5', 'Glavni trg 5, Lipovec', '']) assert.equal(looksLikeList(text), false, text);
});

test('the box around parcels leaves out those without a place', () => {
  assert.deepEqual(boxAround([PARCEL, { geometry: null }]), [15, 46, 15.1, 46.1]);
  assert.equal(boxAround([{ geometry: null }]), null);
});

test('nothing that is missing, unclear or cut goes unsaid', () => {
  const answer = { features: [PARCEL], missing: ['9001 9'], unclear: ['5'], truncated: true };
  const nothing = { features: [], missing: [], unclear: [], truncated: false };

  assert.deepEqual(tellAnswer(answer, 1, wording).map(({ text }) => text), ['added_parcel 9001 1/2', 'missing 9001 9', 'unclear 5', 'truncated']);
  assert.deepEqual(tellAnswer({ ...answer, missing: [], unclear: [], truncated: false }, 0, wording), [{ text: 'nothing_new' }]);
  assert.deepEqual(tellAnswer({ ...nothing, features: [PARCEL], truncated: true }, 0, wording), [{ text: 'truncated', isWarning: true }]);
  assert.deepEqual(tellAnswer({ ...nothing, missing: ['9001 9'] }, null, wording).map(({ text }) => text), ['missing 9001 9']);
  assert.deepEqual(tellAnswer({ ...nothing, features: [PARCEL, PARCEL] }, 2, wording), [{ text: 'added 2' }]);
  assert.deepEqual(tellAnswer(nothing, 0, wording), [{ text: 'nothing_found', isWarning: true }]);
});

test('bounds are those of the server', () => {
  const server = (file, name) => Number(new RegExp(`^${name} = ([\\d_.]+)`, 'm')
    .exec(readFileSync(new URL(`../../../layers/selecting/${file}.py`, import.meta.url), 'utf8'))[1].replaceAll('_', ''));
  const viewer = (file, name) => Number(new RegExp(`^export const ${name} = (\\d+);`, 'm')
    .exec(readFileSync(new URL(`../../../viewer/static/js/${file}.js`, import.meta.url), 'utf8'))[1]);

  assert.equal(MOST_PARCELS, server('names', 'MAX_SELECTED'));
  assert.equal(viewer('controls/list-question', 'MOST_LETTERS'), server('lists', 'MAX_LIST_LENGTH'));
  assert.equal(viewer('controls/list-question', 'MOST_LINES'), server('lists', 'MAX_LINES'));
  assert.equal(viewer('controls/selecting/questions', 'MOST_METRES'), server('asked', 'MAX_DISTANCE_M'));
  assert.equal(viewer('map/sketch', 'MOST_CORNERS'), server('drawn', 'MAX_CORNERS'));
});
