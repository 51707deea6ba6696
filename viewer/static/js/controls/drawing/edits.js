// Changes of drawings from typed text, the map or a file, each judged before it is made. Every one answers the
// reason why it was not, a sentence, or null.

import { tidyShape } from '../../base/shapes.js';
import { parsePoints } from '../../base/typed-points.js';
import { FileProblem, MOST_BYTES, readFile } from '../../state/shape-file.js';

export class Edits {
  constructor({ shapes, coordinates, wording, isInReach }) {
    Object.assign(this, { shapes, coordinates, wording, isInReach });
  }

  /** Add one shape as somebody drew or typed it; `added` gets its id. */
  add(wanted, added) {
    const shape = tidyShape(wanted, this.isInReach);
    return shape.fault ? this.wording.say(`drawing.shape_${shape.fault}`) : this._keep([shape], added);
  }

  /** As `add`, with points as text. */
  type({ text: written, ...wanted }, added) {
    const { points, line } = parsePoints(written);
    return line ? this.wording.say('drawing.unreadable_line', { line }) : this.add({ ...wanted, points }, added);
  }

  change(id, changes) {
    const shape = tidyShape({ ...this.shapes.find(id), ...changes }, this.isInReach);
    if (shape.fault) return this.wording.say(`drawing.shape_${shape.fault}`);
    this.shapes.replace(id, shape);
    return null;
  }

  changePoints(id, written) {
    const { points, line } = parsePoints(written);
    return line ? this.wording.say('drawing.unreadable_line', { line }) : this.change(id, { points });
  }

  /** Move the whole by [east, north] in metres. */
  move(id, [east, north]) {
    return this.change(id, { points: this.shapes.find(id).points.map(([x, y]) => [x + east, y + north]) });
  }

  moveBy(id, written) {
    const { points = [] } = parsePoints(written);
    return points.length === 1 ? this.move(id, points[0]) : this.wording.say('drawing.unreadable_move');
  }

  /** Add what a File of the browser holds, whole. */
  async open(file, added) {
    if (file.size > MOST_BYTES) return this.wording.say('drawing.file_too_large');
    try {
      return this._keep(readFile(await file.text(), this.coordinates, this.isInReach), added);
    } catch (problem) {
      if (!(problem instanceof FileProblem)) throw problem;
      return this.wording.say(`drawing.file_${problem.key}`, problem.values);
    }
  }

  _keep(shapes, added) {
    const id = this.shapes.add(shapes);
    if (id === null) return this.wording.say('drawing.no_room');
    added(id, shapes.length);
    return null;
  }
}
