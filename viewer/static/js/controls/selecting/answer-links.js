// Links from the selected parcels to one answer about all of them. An official request names at most ten parcels
// of one cadastral municipality (Ur. l. RS 92/22), and so does an answer.

import { parcelAddress } from '../../base/configuration.js';
import { element } from '../../base/elements.js';
import { groupByKo } from './sums.js';

const MOST_IN_ONE_ANSWER = 10;

export class AnswerLinks {
  constructor({ urls, wording }) {
    Object.assign(this, { urls, wording });
    this._list = element('ul', {});
    this.element = element('section', { class: 'selecting__answers', hidden: true },
      element('h3', {}, wording.say('selecting.answers')), this._list);
  }

  show(features) {
    this.element.hidden = features.length === 0;
    this._list.replaceChildren(...groupByKo(features).map((group) => element('li', {}, this._buildLink(group))));
  }

  _buildLink({ ko, features }) {
    const count = features.length;
    const name = nameKo(ko, features[0].ko_name ?? '');
    if (count > MOST_IN_ONE_ANSWER) return this.wording.say('selecting.too_many_for_answer', { ko: name, most: MOST_IN_ONE_ANSWER });
    const numbers = features.map(({ number }) => number).join(',');
    return element('a', { href: parcelAddress(this.urls, `${ko}/${numbers}`) },
      this.wording.say('selecting.answer_of', { ko: name, parcels: this.wording.count('selecting.parcels', count) }));
  }
}

/** Code and name; some registers write the code into the name. */
function nameKo(ko, name) {
  return name.includes(ko) ? name : `${ko} ${name}`.trim();
}
