// Measuring and drawing: ties what was drawn to the map, the panel and the link. Nothing here asks the server for
// anything or tells it anything.

import { saveFile } from '../../base/download.js';
import { boxOf } from '../../base/geojson.js';
import { COLOURS, reachAround } from '../../base/shapes.js';
import { DrawnShapes } from '../../map/drawn-shapes.js';
import { ShapeGrips } from '../../map/shape-grips.js';
import { ShapePen } from '../../map/shape-pen.js';
import { writeDrawings } from '../../state/permalink.js';
import { writeFile } from '../../state/shape-file.js';
import { MOST_LINK_SIGNS, writeShape } from '../../state/shape-link.js';
import { Shapes } from '../../state/shapes.js';
import { Edits } from './edits.js';
import { Measures } from './measures.js';
import { DrawingPanel } from './panel.js';
import { PenBar } from './pen-bar.js';
import { readShapes, toShown } from './shown.js';

const FILE_TYPE = 'application/geo+json';
const ROOM_AROUND_SHAPE = 0.4;

export class DrawingTool {
  constructor({ container, stage, state, map, configuration, coordinates, wording, announcer, sheet }) {
    Object.assign(this, { container, state, map, coordinates, wording, announcer, sheet });
    const isInReach = reachAround(configuration.outline, coordinates);
    this._shapes = new Shapes();
    this._edits = new Edits({ shapes: this._shapes, coordinates, wording, isInReach });
    this._measures = new Measures({ wording, coordinates });
    this._selected = null;
    this._pen = null;
    this._colour = 0;
    this._snaps = true;
    this._saved = this._shapes.all;
    this._drawn = new DrawnShapes();
    this._grips = this._buildGrips();
    this._bar = new PenBar(stage, { wording, measures: this._measures });
    this._panel = new DrawingPanel(container, { acts: this, measures: this._measures, wording });
    map.lay(this._drawn);
    this._shapes.begin(readShapes(state.drawings, isInReach));
    this._shapes.on('changed', () => this._showChange());
    this._listen();
    this._showChange();
  }

  get isOpen() {
    return !this.container.hidden;
  }

  /** Show the panel and take the clicks; `opener` gets the focus back at the end. */
  open(opener) {
    if (!this.isOpen) this.map.free();
    this.state.emit('drawing');
    this._opener = opener;
    this.container.hidden = false;
    document.body.classList.add('has-drawing');
    this.sheet.open();
    this._panel.explain(this._middle());
    this._hold(this._pen ?? this._grips);
    this._panel.focus();
  }

  /** What was drawn stays on the map. */
  close() {
    this._dropPen();
    this.map.use(null);
    this._selected = null;
    this.container.hidden = true;
    document.body.classList.remove('has-drawing');
    this.sheet.set('low');
    this._show();
    this._opener?.focus();
  }

  /** Begin a shape of a kind; once more leaves off. */
  start(kind) {
    const isSame = this._pen?.kind === kind;
    this._dropPen();
    if (isSame) {
      this._show();
      return;
    }
    this._selected = null;
    this._pen = this._buildPen(kind);
    this._hold(this._pen);
    this._bar.show(this._pen);
    this.sheet.set('low');
    this._show();
    this.map.focus();
    this._say(`drawing.how_${kind}`);
  }

  select(id) {
    this._selected = id === this._selected ? null : id;
    this._show();
  }

  chooseColour(colour) {
    this._colour = colour;
  }

  snap(isOn) {
    this._snaps = isOn;
  }

  change(id, changes) {
    return this._tell(this._edits.change(id, changes));
  }

  changePoints(id, text) {
    return this._tell(this._edits.changePoints(id, text), id);
  }

  moveBy(id, text) {
    return this._tell(this._edits.moveBy(id, text), id);
  }

  type(kind, text) {
    return this._tell(this._edits.type({ kind, text, colour: this._colour }, (id) => this._showAdded(id)), this._selected);
  }

  async openFile(file) {
    const problem = await this._edits.open(file, (id, count) => {
      this._showAdded(id);
      this.announcer.say(this.wording.count('drawing.opened', count));
    });
    return this._tell(problem);
  }

  save() {
    const name = this.wording.say('drawing.file_name');
    this._saved = this._shapes.all;
    saveFile(name, writeFile(this._shapes.all, this.coordinates), FILE_TYPE);
    this._say('drawing.saved', { name });
  }

  remove(id) {
    this._shapes.remove(id);
    this._say('drawing.removed');
  }

  clear() {
    this._shapes.clear();
    this._say('drawing.removed_all');
  }

  undo() {
    this._shapes.undo();
    this._say('drawing.undone');
  }

  /** Bring a shape into sight, beside the sheet of a phone. */
  reveal(id) {
    this.sheet.set('half');
    this._fit([this._shapes.find(id)], {});
  }

  revealAll() {
    if (this._shapes.all.length > 0) this._fit(this._shapes.all, { animate: false });
  }

  _fit(shapes, { animate }) {
    const points = shapes.flatMap((shape) => shape.points).map((point) => this.coordinates.fromNative(point));
    this.map.fit(boxOf({ coordinates: points.map(({ lon, lat }) => [lon, lat]) }), { room: ROOM_AROUND_SHAPE, animate });
  }

  _buildPen(kind) {
    const pen = new ShapePen({
      kind, colour: COLOURS[this._colour].value, snap: (point, pixels) => this._snapTo(point, pixels),
      describe: (points) => this._measures.live(kind, this._toNative(points)),
    });
    pen.on('changed', (points) => this._tellProgress(kind, this._toNative(points)));
    pen.on('full', () => this._say('drawing.shape_too_many'));
    pen.on('finished', (points) => this._finish(kind, this._toNative(points)));
    pen.on('replaced', () => this.close());
    pen.on('cancelled', () => {
      this.start(kind);
      this.sheet.open();
      this._panel.focusKind(kind);
    });
    return pen;
  }

  _buildGrips() {
    const grips = new ShapeGrips({
      snap: (point, pixels) => this._snapTo(point, pixels),
      name: (what, number) => this.wording.say(`drawing.grip_${what}`, { number }),
    });
    grips.on('replaced', () => this.close());
    grips.on('changed', (points) => this._changeOnMap((id) => this._edits.change(id, { points: this._toNative(points) })));
    grips.on('moved', ({ from, to }) => {
      const [[x1, y1], [x2, y2]] = this._toNative([from, to]);
      this._changeOnMap((id) => this._edits.move(id, [x2 - x1, y2 - y1]));
    });
    grips.on('picked', (point) => {
      this._selected = this._drawn.shapeAt(point);
      this._show();
      if (this._selected !== null) this.sheet.open();
    });
    return grips;
  }

  _listen() {
    this.container.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      if (this._pen) this._pen.cancel();
      else this.close();
    });
    this.map.on('moved', () => { if (this.isOpen) this._panel.explain(this._middle()); });
    this.state.on('parcels', () => { if (this.isOpen && this.state.parcels) this.close(); });
    window.addEventListener('beforeunload', (event) => { if (this._wouldBeLost()) event.preventDefault(); });
  }

  /** A grip that may not stay where it was put goes back. */
  _changeOnMap(change) {
    const problem = this._tell(change(this._selected), this._selected);
    if (problem) this._show();
  }

  _finish(kind, points) {
    this._dropPen();
    this.sheet.open();
    const problem = this._edits.add({ kind, points, colour: this._colour }, (id) => { this._selected = id; });
    this._show();
    this._tell(problem, this._selected);
    this._panel.focusForm();
  }

  _showAdded(id) {
    this._selected = id;
    this._show();
    this.reveal(id);
  }

  /** Leave off drawing; the clicks go to the shapes again. */
  _dropPen() {
    this._pen = null;
    this._bar.hide();
    this._hold(this._grips);
  }

  /** Give the clicks of the map to our pen or our grips. */
  _hold(tool) {
    this.map.use(null);
    this.map.use(tool);
  }

  _tellProgress(kind, points) {
    this._bar.tell(points);
    const [measure = ''] = this._measures.live(kind, points);
    this._say('drawing.progress', { number: points.length, measure });
  }

  _snapTo(point, pixels) {
    return this._snaps ? this.map.nearestBorder(point, pixels) : null;
  }

  _showChange() {
    if (!this._shapes.find(this._selected)) this._selected = null;
    const codes = this._shapes.all.map(writeShape);
    this._fitsLink = writeDrawings(codes).join('&').length <= MOST_LINK_SIGNS;
    this.state.keepDrawings(this._fitsLink ? codes : []);
    this._show();
  }

  _show() {
    const shown = this._shapes.all.map((shape) => toShown(shape, { coordinates: this.coordinates, measures: this._measures }));
    this._drawn.show(shown, this._selected);
    this._grips.hold(shown.find(({ id }) => id === this._selected) ?? null);
    this._panel.show({
      shapes: this._shapes.all, selected: this._selected, pen: this._pen?.kind ?? null,
      canUndo: this._shapes.canUndo, fitsLink: this._fitsLink,
    });
  }

  /** Drawings that stand neither in the link nor in a file. */
  _wouldBeLost() {
    return !this._fitsLink && this._saved !== this._shapes.all;
  }

  _middle() {
    return this._toNative([this.map.readView()])[0];
  }

  _toNative(points) {
    return points.map((point) => Object.values(this.coordinates.toNative(point)));
  }

  /** Say why something was not done, or what shape `id` measures now; hands the reason back. */
  _tell(problem, id = null) {
    const shape = this._shapes.find(id);
    if (problem) this.announcer.say(problem);
    else if (shape) this._say('drawing.measured', { measure: this._measures.main(shape) });
    return problem;
  }

  _say(key, values = {}) {
    this.announcer.say(this.wording.say(key, values));
  }
}
