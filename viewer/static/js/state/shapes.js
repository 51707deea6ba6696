// The drawings of this page, and the way back from each change. They live here only, until somebody shares the
// link or saves a file.

import { Emitter } from '../base/events.js';
import { MOST_SHAPES } from '../base/shapes.js';

const STEPS_BACK = 100;

/** Event: `changed`. Shapes are {id, kind, points, colour, text}, never changed in place. */
export class Shapes extends Emitter {
  constructor() {
    super();
    this.all = [];
    this._past = [];
    this._lastId = 0;
  }

  get canUndo() {
    return this._past.length > 0;
  }

  get room() {
    return MOST_SHAPES - this.all.length;
  }

  find(id) {
    return this.all.find((shape) => shape.id === id) ?? null;
  }

  /** Add shapes in one step; answers the id of the last, or null when there is no room for all of them. */
  add(shapes) {
    if (shapes.length === 0 || shapes.length > this.room) return null;
    const added = shapes.map((shape) => ({ ...shape, id: this._nextId() }));
    this._change([...this.all, ...added]);
    return this._lastId;
  }

  replace(id, changes) {
    this._change(this.all.map((shape) => (shape.id === id ? { ...shape, ...changes } : shape)));
  }

  remove(id) {
    this._change(this.all.filter((shape) => shape.id !== id));
  }

  clear() {
    if (this.all.length > 0) this._change([]);
  }

  undo() {
    if (!this.canUndo) return;
    this.all = this._past.pop();
    this.emit('changed');
  }

  /** What a link brought is where the page begins: there is no step back from it. */
  begin(shapes) {
    this.all = shapes.slice(0, MOST_SHAPES).map((shape) => ({ ...shape, id: this._nextId() }));
    this.emit('changed');
  }

  _nextId() {
    this._lastId += 1;
    return this._lastId;
  }

  _change(all) {
    this._past = [...this._past, this.all].slice(-STEPS_BACK);
    this.all = all;
    this.emit('changed');
  }
}
