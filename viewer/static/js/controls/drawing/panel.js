// The panel of measuring and drawing: what to draw and how, what was drawn, and how it is kept.

import { ICONS, element, icon } from '../../base/elements.js';
import { KINDS } from '../../base/shapes.js';
import { colourChoice } from './colour-choice.js';
import { ShapeForm } from './shape-form.js';
import { ShapeList, nameOf } from './shape-list.js';
import { typedField } from './typed-field.js';

export class DrawingPanel {
  /** `acts` is what can be done, as DrawingTool has it. */
  constructor(container, { acts, measures, wording }) {
    Object.assign(this, { container, acts, measures, wording });
    this._list = new ShapeList({ acts, measures, wording });
    this._form = new ShapeForm({ acts, measures, wording });
    this._heading = element('h2', { class: 'answer__heading', id: 'drawing-heading', tabindex: '-1' }, wording.say('drawing.heading'));
    container.replaceChildren(this._buildHeader(), this._buildNew(), this._buildDrawn(), this._form.element, this._buildKeeping());
  }

  /** {shapes, selected, pen (the kind being drawn), canUndo, fitsLink} as they are now. */
  show({ shapes, selected, pen, canUndo, fitsLink }) {
    const hadFocus = this.container.contains(document.activeElement);
    for (const [kind, button] of this._kinds) button.setAttribute('aria-pressed', String(kind === pen));
    this._list.show(shapes, selected);
    this._empty.hidden = shapes.length > 0;
    this._undo.disabled = !canUndo;
    for (const button of [this._clear, this._save]) button.disabled = shapes.length === 0;
    const index = shapes.findIndex(({ id }) => id === selected);
    this._showForm(shapes[index], index);
    this._kept.hidden = shapes.length === 0;
    this._kept.textContent = this.wording.say(fitsLink ? 'drawing.in_link' : 'drawing.too_long_for_link');
    this._kept.classList.toggle('drawing__problem', !fitsLink);
    const { activeElement } = document;
    if (hadFocus && (activeElement === document.body || activeElement.disabled)) this.focus();
  }

  explain(place) {
    this._plane.textContent = this.measures.explain(place);
  }

  focus() {
    this._heading.focus();
  }

  focusKind(kind) {
    this._kinds.get(kind).focus();
  }

  /** After drawing: where the text is typed, or the heading when nothing came of it. */
  focusForm() {
    if (this._form.element.hidden) this.focus();
    else this._form.focus();
  }

  _showForm(shape, index) {
    const hadFocus = this._form.element.contains(document.activeElement);
    this._form.element.hidden = !shape;
    if (shape) this._form.show(shape, nameOf(shape, index, this.wording));
    else if (hadFocus) this.focus();
  }

  _buildHeader() {
    const label = this.wording.say('drawing.close');
    return element('header', { class: 'answer__header' }, this._heading,
      element('button', { type: 'button', class: 'tool tool--plain', title: label, 'aria-label': label, onclick: () => this.acts.close() }, icon(ICONS.close)));
  }

  _buildNew() {
    const { acts, wording } = this;
    this._kinds = new Map(Object.keys(KINDS).map((kind) => [kind, element('button', {
      type: 'button', class: 'button button--plain drawing__kind', 'aria-pressed': 'false', onclick: () => acts.start(kind),
    }, icon(ICONS[`draw_${kind}`]), wording.say(`drawing.kind_${kind}`))]));
    const colour = colourChoice({ name: 'new-colour', wording, onChoose: (index) => acts.chooseColour(index) });
    colour.show(0);
    const snaps = element('input', { type: 'checkbox', class: 'layer__switch', checked: true, onchange: ({ target }) => acts.snap(target.checked) });
    return element('section', { class: 'drawing__part', 'aria-label': wording.say('drawing.new') },
      element('div', { class: 'drawing__kinds' }, ...this._kinds.values()),
      colour.element,
      element('label', { class: 'drawing__check' }, snaps, element('span', {}, wording.say('drawing.snap'))),
      this._buildTyping());
  }

  _buildTyping() {
    const { acts, wording } = this;
    const kind = element('select', { class: 'field', id: 'typed-kind' },
      ...Object.keys(KINDS).map((each) => element('option', { value: each }, wording.say(`drawing.kind_${each}`))));
    const typed = typedField({
      wording, id: 'typed-points', label: 'drawing.points_of_new', hint: 'drawing.points_hint', button: 'drawing.draw', rows: 4,
      onSubmit: (text) => {
        const reason = acts.type(kind.value, text);
        if (!reason) queueMicrotask(() => this.focusForm());
        return reason;
      },
    });
    return element('details', { class: 'drawing__more' }, element('summary', {}, wording.say('drawing.type_points')),
      element('label', { class: 'drawing__label', for: 'typed-kind' }, wording.say('drawing.kind')), kind, typed.element);
  }

  _buildDrawn() {
    const { acts, wording } = this;
    this._empty = element('p', { class: 'drawing__hint' }, wording.say('drawing.nothing'));
    this._undo = this._button('drawing.undo', () => acts.undo());
    this._clear = this._button('drawing.clear', () => acts.clear());
    return element('section', { class: 'drawing__part', 'aria-labelledby': 'drawn-heading' },
      element('h3', { class: 'drawing__heading', id: 'drawn-heading' }, wording.say('drawing.list')),
      this._empty, this._list.element, element('div', { class: 'drawing__buttons' }, this._undo, this._clear));
  }

  _buildKeeping() {
    const { wording } = this;
    this._kept = element('p', { class: 'drawing__hint' });
    this._plane = element('p', { class: 'drawing__hint' });
    this._save = this._button('drawing.save', () => this.acts.save());
    this._problem = element('p', { class: 'drawing__problem', id: 'drawing-file-problem', hidden: true });
    const file = element('input', {
      type: 'file', class: 'visually-hidden', id: 'drawing-file', accept: '.geojson,.json,application/geo+json',
      'aria-describedby': 'drawing-file-problem', onchange: ({ target }) => this._open(target),
    });
    return element('section', { class: 'drawing__part', 'aria-labelledby': 'kept-heading' },
      element('h3', { class: 'drawing__heading', id: 'kept-heading' }, wording.say('drawing.keep')), this._kept,
      element('div', { class: 'drawing__buttons' }, this._save, file,
        element('label', { class: 'button button--plain drawing__file', for: 'drawing-file' }, wording.say('drawing.open'))),
      this._problem, element('p', { class: 'drawing__hint' }, wording.say('drawing.nothing_sent')), this._plane);
  }

  async _open(input) {
    const [file] = input.files;
    if (!file) return;
    const reason = await this.acts.openFile(file);
    this._problem.textContent = reason ?? '';
    this._problem.hidden = !reason;
    input.value = '';
  }

  _button(key, action) {
    return element('button', { type: 'button', class: 'button button--plain', onclick: action }, this.wording.say(key));
  }
}
