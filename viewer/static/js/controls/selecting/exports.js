// Selected parcels as files: CSV for spreadsheets, GeoJSON for GIS. Both are made from the server's answer.

import { writeCsv } from '../../base/csv.js';
import { sayName } from '../../base/parcel-names.js';

/**
 * CSV, one row for each parcel. KO and number stand in one column, for a spreadsheet takes a number such as 1/2
 * for a day of the year; an EID has its name before it, for its last digits would be rounded away. Either column
 * pasted into the list selects the parcels again.
 */
export function writeTable(features, wording) {
  const say = (name) => wording.say(`selecting.column_${name}`);
  const heading = [say('parcel'), say('ko'), say('ko_name'), 'EID', say('registered'), say('drawn'), say('address')];
  return writeCsv(heading, features.map((each) => [
    sayName(each), each.ko, each.ko_name, each.eid && `EID ${each.eid}`, each.registered_m2, each.drawn_m2, each.url,
  ]));
}

/** GeoJSON (RFC 7946) in CRS84. Names and areas go among the properties, for GIS read only those. */
export function writeGeoJson(features, source) {
  const all = features.map(({ type, id, geometry, properties, ...known }) => ({
    type, id, geometry, properties: { ...properties, ...known },
  }));
  return JSON.stringify({ type: 'FeatureCollection', features: all, source }, null, 1);
}

/** `parcele-2026-11-23.csv`: the same day makes the same name, and the browser counts on. */
export function nameFile(wording, ending, today = new Date()) {
  const day = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${wording.say('selecting.file')}-${day.join('-')}.${ending}`;
}
