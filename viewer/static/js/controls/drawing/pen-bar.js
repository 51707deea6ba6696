// The bar on the map while somebody draws: what was measured so far, and what can be done without a keyboard.

import { element } from '../../base/elements.js';

export class PenBar {
  constructor(stage, { wording, measures }) {
    Object.assign(this, { wording, measures });
    this._text = element('p', { class: 'pen-bar__text' });
    this._buttons = element('div', { class: 'pen-bar__buttons' });
    this.element = element('div', { class: 'pen-bar', role: 'group', 'aria-label': wording.say('drawing.bar'), hidden: true }, this._text, this._buttons);
    stage.append(this.element);
  }

  /** For a ShapePen that begins. */
  show(pen) {
    this._pen = pen;
    const button = (key, look, action) => element('button', { type: 'button', class: `button ${look}`, onclick: action }, this.wording.say(key));
    this._back = button('drawing.remove_last', 'button--plain', () => pen.removeLast());
    this._done = button('drawing.finish', '', () => pen.finish());
    this._buttons.replaceChildren(
      ...(pen.kind === 'point' ? [] : [this._done, this._back]),
      button('drawing.cancel', 'button--plain', () => pen.cancel()));
    this.element.hidden = false;
    this.tell([]);
  }

  hide() {
    this.element.hidden = true;
  }

  /** What is drawn so far, [east, north] in metres. */
  tell(points) {
    const { kind } = this._pen;
    const lines = this.measures.live(kind, points);
    this._text.replaceChildren(...(lines.length > 0 ? lines.map((line) => element('span', {}, line)) : [this._hint(kind)]));
    this._back.disabled = points.length === 0;
    this._done.disabled = !this._pen.isComplete;
  }

  /** Fingers are told nothing of keys: on a phone the map is what there is little of. */
  _hint(kind) {
    const isTouched = window.matchMedia('(pointer: coarse)').matches;
    return this.wording.say(isTouched ? `drawing.tap_${kind}` : `drawing.how_${kind}`);
  }
}
