// Everything about one drawing: text, colour, its points with the lengths between them, and its coordinates to be
// typed anew.

import { ICONS, element, icon } from '../../base/elements.js';
import { stretchLengths } from '../../base/plane.js';
import { KINDS, MOST_SIGNS } from '../../base/shapes.js';
import { writePoints } from '../../base/typed-points.js';
import { colourChoice } from './colour-choice.js';
import { typedField } from './typed-field.js';

/** As many points are listed; a longer list helps nobody. */
const MOST_ROWS = 100;

export class ShapeForm {
  constructor({ acts, measures, wording }) {
    Object.assign(this, { acts, measures, wording });
    this._heading = element('h3', { class: 'drawing__heading', id: 'shape-heading', tabindex: '-1' });
    this._text = element('input', {
      type: 'text', id: 'shape-text', class: 'field', maxlength: MOST_SIGNS, autocomplete: 'off',
      onchange: () => acts.change(this._shape.id, { text: this._text.value }),
    });
    this._colour = colourChoice({ name: 'shape-colour', wording, onChoose: (colour) => acts.change(this._shape.id, { colour }) });
    this._points = element('tbody', {});
    this._parts = this._buildParts();
    this.element = element('section', { class: 'drawing__form', 'aria-labelledby': 'shape-heading' }, this._heading,
      element('label', { class: 'drawing__label', for: 'shape-text' }, wording.say('drawing.text')), this._text,
      this._colour.element, ...this._parts, this._buildButtons());
  }

  /** Show a shape; what somebody is typing stays unless the shape itself changed. */
  show(shape, name) {
    const isOther = shape.id !== this._shape?.id;
    const hasMoved = isOther || shape.points !== this._shape.points;
    this._shape = shape;
    this._heading.textContent = name;
    if (isOther || document.activeElement !== this._text) this._text.value = shape.text;
    this._colour.show(shape.colour);
    if (!hasMoved) return;
    this._typed.set(writePoints(shape.points));
    this._move.set('');
    this._showPoints(shape);
  }

  focus() {
    this._text.focus();
  }

  _buildParts() {
    const { acts, wording } = this;
    this._typed = typedField({
      wording, id: 'shape-points', label: 'drawing.points_of_shape', hint: 'drawing.points_hint', button: 'drawing.apply', rows: 5,
      onSubmit: (text) => acts.changePoints(this._shape.id, text),
    });
    this._move = typedField({
      wording, id: 'shape-move', label: 'drawing.move', hint: 'drawing.move_hint', button: 'drawing.move_apply', rows: 1,
      onSubmit: (text) => acts.moveBy(this._shape.id, text),
    });
    const heading = (key, look = null) => element('th', { scope: 'col', class: look }, wording.say(key));
    const table = element('table', { class: 'drawing__table drawing__table--points' },
      element('caption', { class: 'visually-hidden' }, wording.say('drawing.points')),
      element('thead', {}, element('tr', {}, heading('drawing.number'), heading('drawing.place'), heading('drawing.next', 'drawing__number'),
        element('th', { scope: 'col' }, element('span', { class: 'visually-hidden' }, wording.say('drawing.delete'))))),
      this._points);
    return [
      element('details', { class: 'drawing__more' }, element('summary', {}, wording.say('drawing.points')), table),
      element('details', { class: 'drawing__more' }, element('summary', {}, wording.say('drawing.edit_points')), this._typed.element, this._move.element),
    ];
  }

  _buildButtons() {
    const { acts, wording } = this;
    const button = (key, action) => element('button', { type: 'button', class: 'button button--plain', onclick: action }, wording.say(key));
    return element('div', { class: 'drawing__buttons' },
      button('drawing.reveal', () => acts.reveal(this._shape.id)),
      button('drawing.delete', () => acts.remove(this._shape.id)),
      button('drawing.done', () => acts.select(this._shape.id)));
  }

  _showPoints({ kind, points }) {
    const lengths = stretchLengths(points, kind === 'area');
    const focused = [...this._points.children].findIndex((row) => row.contains(document.activeElement));
    const rows = points.slice(0, MOST_ROWS).map((point, index) => this._buildRow(point, index, lengths[index]));
    this._points.replaceChildren(...rows);
    if (focused >= 0) rows[Math.min(focused, rows.length - 1)].querySelector('.tool')?.focus();
  }

  _buildRow(point, index, length) {
    const { acts, measures, wording } = this;
    const { id, kind, points } = this._shape;
    const label = wording.say('drawing.delete_point', { number: index + 1 });
    const remove = () => acts.change(id, { points: points.filter((_, at) => at !== index) });
    return element('tr', {},
      element('th', { scope: 'row' }, String(index + 1)),
      element('td', {}, measures.place(point)),
      element('td', { class: 'drawing__number' }, length === undefined ? '' : measures.length(length)),
      element('td', {}, points.length > KINDS[kind]
        ? element('button', { type: 'button', class: 'tool tool--plain', title: label, 'aria-label': label, onclick: remove }, icon(ICONS.close)) : null));
  }
}
