// What was drawn, as a table: name, measure, and buttons to change and to delete. The way to the drawings for those
// who do not use the map.

import { ICONS, element, icon } from '../../base/elements.js';
import { colourDot } from './colour-choice.js';

export class ShapeList {
  constructor({ acts, measures, wording }) {
    Object.assign(this, { acts, measures, wording });
    this._rows = element('tbody', {});
    const heading = (key, look = null) => element('th', { scope: 'col', class: look }, wording.say(key));
    this.element = element('table', { class: 'drawing__table' },
      element('caption', { class: 'visually-hidden' }, wording.say('drawing.list')),
      element('thead', {}, element('tr', {}, heading('drawing.what'), heading('drawing.measure', 'drawing__number'),
        element('th', { scope: 'col' }, element('span', { class: 'visually-hidden' }, wording.say('drawing.delete'))))),
      this._rows);
  }

  show(shapes, selected) {
    const focused = [...this._rows.children].findIndex((row) => row.contains(document.activeElement));
    const wasName = document.activeElement?.classList.contains('drawing__name');
    this._rows.replaceChildren(...shapes.map((shape, index) => this._buildRow(shape, nameOf(shape, index, this.wording), shape.id === selected)));
    this.element.hidden = shapes.length === 0;
    const row = this._rows.children[Math.min(focused, shapes.length - 1)];
    if (focused >= 0) row?.querySelector(wasName ? '.drawing__name' : '.tool').focus();
  }

  _buildRow(shape, name, isSelected) {
    const { acts, measures, wording } = this;
    const second = measures.second(shape);
    const label = wording.say('drawing.delete_of', { name });
    return element('tr', { class: isSelected ? 'is-selected' : null },
      element('th', { scope: 'row' },
        element('button', { type: 'button', class: 'drawing__name', 'aria-pressed': String(isSelected), onclick: () => acts.select(shape.id) },
          colourDot(shape.colour), element('span', {}, name))),
      element('td', { class: 'drawing__number' }, measures.main(shape), second && element('small', {}, second)),
      element('td', {}, element('button', {
        type: 'button', class: 'tool tool--plain', title: label, 'aria-label': label, onclick: () => acts.remove(shape.id),
      }, icon(ICONS.close))));
  }
}

/** What a shape is called: its text, else its kind and its place in the list. */
export function nameOf({ kind, text }, index, wording) {
  return text || wording.say(`drawing.name_${kind}`, { number: index + 1 });
}
