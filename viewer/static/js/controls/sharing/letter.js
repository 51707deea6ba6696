// The letter that takes a link along: what it is about, in words that are not the link's.

import { nameOfId, sayName } from '../../base/parcel-names.js';

/** What the view is about: the selected parcel or parcels, else the theme. */
export function sayShown({ selection, parcels, theme }, { configuration, wording }) {
  const isParcel = selection?.layer && configuration.layers[selection.layer].role === 'parcels';
  const name = isParcel ? nameOfId(selection.id) : null;
  if (name) return wording.say('answer.parcel_title', { number: sayName(name) });
  if (parcels?.length > 1) return wording.count('selecting.parcels', parcels.length);
  if (parcels?.length === 1) return wording.say('answer.parcel_title', { number: sayName(parcels[0]) });
  return theme.title;
}

/** A `mailto:` address without anybody in it (RFC 6068: lines end in CR LF). */
export function writeMail({ link, shown, municipality }, wording) {
  const subject = `${shown} – ${municipality}`;
  const body = wording.say('sharing.mail_body', { shown, municipality, link }).replaceAll('\n', '\r\n');
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}
