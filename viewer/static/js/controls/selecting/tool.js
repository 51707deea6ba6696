// Selecting parcels: asks which parcels are meant, keeps their names in the state (so that they are in the link
// and every change is a step back), and shows table and outlines. Loaded when it is first needed.

import { saveFile } from '../../base/download.js';
import { boxAround } from '../../base/geojson.js';
import { MOST_PARCELS, compareNames, nameOfId, sayName, uniteNames } from '../../base/parcel-names.js';
import { MOST_LETTERS, MOST_LINES, isTooLong, linesOf } from '../list-question.js';
import { nameFile, writeGeoJson, writeTable } from './exports.js';
import { SelectingPanel } from './panel.js';
import { Questions } from './questions.js';
import { tellAnswer, tellProblem, warning } from './sentences.js';
import { ShapeDrawing } from './shape-drawing.js';

const CLOSEST_LOOK = 0.15;
const ROOM_AROUND = 0.15;

export class SelectingTool {
  /** `container` is the panel's element, `stage` that of the map. */
  constructor({ container, stage, state, map, configuration, coordinates, wording, announcer, sheet }) {
    Object.assign(this, { state, map, wording });
    this._known = new Map();
    this._gone = new Set();
    /** True while the table is put away and the parcels stay on the map. */
    this.isFolded = false;
    this._source = null;
    this._questions = new Questions({ address: configuration.urls.selectParcels, coordinates, language: wording.language });
    this._drawing = new ShapeDrawing({ map, stage, sheet, coordinates, wording, announcer });
    this._panel = new SelectingPanel(container, { configuration, wording, announcer, sheet, drawingForm: this._drawing.form });
    this._listen(sheet);
  }

  /** Bring panel and map in line with the state; what is not known yet is asked. */
  async refresh({ fit = false, isRestored = false } = {}) {
    const { parcels } = this.state;
    this.isFolded = false;
    if (isRestored) this._panel.say([]);
    if (parcels === null) {
      this._drawing.end();
      this._panel.hide();
      this.map.outlineTogether([]);
      return;
    }
    this._panel.open();
    const unknown = parcels.filter((name) => !this._known.has(sayName(name)));
    const answer = unknown.length > 0 ? await this._ask(() => this._questions.byNames(unknown), () => this.refresh({ fit })) : null;
    if (parcels !== this.state.parcels) return;
    this._show();
    if (answer?.missing.length > 0) this._panel.say(tellAnswer(answer, null, this.wording));
    if (fit) this._showAll();
  }

  focus() {
    this._panel.focus();
  }

  /** Add the parcel at a point, or take it out when it is selected. */
  async take(point) {
    const answer = await this._ask(() => this._questions.byPoint(point), () => this.take(point));
    if (!answer) return;
    const [there] = answer.features;
    if (!there) this._panel.say([warning(this.wording.say('selecting.nothing_there'))]);
    else if (this._isChosen(there)) this._remove(there);
    else this._add({ ...answer, features: [there] });
  }

  /** Begin with one parcel of an answer: 'this' one, its 'neighbours', or those within a 'distance'. */
  async gather(id, way) {
    const names = [nameOfId(id)];
    const question = way === 'neighbours' ? () => this._questions.neighboursOf(names) : () => this._questions.byNames(names);
    const answer = await this._ask(question, () => this.gather(id, way));
    if (!answer) return;
    this._add(answer, { fit: way === 'neighbours' });
    if (way === 'distance') this._panel.forms.openDistance();
    else this._panel.focus();
  }

  /** Add what another part found, an answer of /parcels/select. */
  addFound(answer) {
    this._know(answer);
    this._add(answer, { fit: true });
  }

  _listen(sheet) {
    const { forms, table } = this._panel;
    forms.on('listed', (text) => this._addList(text));
    forms.on('drawn', (kind) => this._drawing.begin(kind));
    forms.on('neighbours', () => this._addBy(() => this._questions.neighboursOf(this._names()), { fit: true }));
    forms.on('near', (metres) => this._addBy(() => this._questions.near(this._names(), metres), { fit: true }));
    this._drawing.on('drawn', (shape) => { sheet.open(); this._panel.focus(); this._addBy(() => this._questions.byShape(shape)); });
    this._drawing.on('cancelled', () => { sheet.open(); this._panel.focus(); });
    table.on('pointed', (feature) => { if (this.state.selection === null) this.map.outline(feature); });
    table.on('looked', (feature) => this._fit([feature]));
    table.on('removed', (feature) => this._removeRow(feature));
    this._panel.on('shown', () => this._showAll());
    this._panel.on('saved', (kind) => this._save(kind));
    this._panel.on('cleared', () => { this.state.chooseParcels([]); this._panel.say([]); this._panel.focus(); });
    this._panel.on('closed', () => this._close(sheet));
  }

  /** With parcels selected only the table goes, so that themes and answers can be looked at meanwhile. */
  _close(sheet) {
    if (this._names().length === 0) this.state.chooseParcels(null);
    else this._fold();
    sheet.set('low');
    this.map.focus();
  }

  _fold() {
    this.isFolded = true;
    this._drawing.end();
    this._panel.hide();
    this.map.outline(null);
  }

  _addList(text) {
    const lines = linesOf(text);
    if (lines.length === 0) this._panel.say([warning(this.wording.say('selecting.list_empty'))]);
    else if (isTooLong(lines)) this._panel.say([warning(this.wording.say('selecting.list_too_long', { lines: MOST_LINES, letters: MOST_LETTERS }))]);
    else this._addBy(() => this._questions.byList(lines), { fit: true });
  }

  async _addBy(question, options) {
    this._add(await this._ask(question, () => this._addBy(question, options)), options);
  }

  /** The answer to a question, its parcels known from then on; null when there is none, which is said. */
  async _ask(question, retry) {
    this._panel.wait(true);
    try {
      const answer = await question();
      this._know(answer);
      return answer;
    } catch (problem) {
      this._bringForward(this._names());
      this._panel.say(tellProblem(problem, this.wording), { retry: problem.status === 400 ? null : retry });
      return null;
    } finally {
      this._panel.wait(false);
    }
  }

  _know({ features, missing, source }) {
    for (const each of features) this._known.set(sayName(each), each);
    for (const each of missing) this._gone.add(each);
    this._source = source;
  }

  /** Add the parcels of an answer and say how many were new; null adds nothing. */
  _add(answer, { fit = false } = {}) {
    if (!answer) return;
    const before = this._names();
    const all = uniteNames([...before, ...answer.features.map(({ ko, number }) => ({ ko, number }))]);
    const kept = all.slice(0, MOST_PARCELS).sort(compareNames);
    const isCut = answer.truncated || all.length > MOST_PARCELS;
    if (kept.length > before.length) this.state.chooseParcels(kept);
    else this._bringForward(before);
    this._panel.say(tellAnswer({ ...answer, truncated: isCut }, kept.length - before.length, this.wording));
    if (fit && answer.features.length > 0) this._showAll();
  }

  /** Show the table when it is closed or put away, or an answer covers it. */
  _bringForward(names) {
    if (this.state.parcels === null || this.state.selection !== null) this.state.chooseParcels(names);
    else if (this.isFolded) this.refresh();
  }

  _remove(feature) {
    const gone = sayName(feature);
    this.map.outline(null);
    this.state.chooseParcels(this._names().filter((name) => sayName(name) !== gone));
    this._panel.say([{ text: this.wording.say('selecting.removed', { parcel: gone }) }]);
  }

  /** The keyboard stays in the table, where the row was. */
  _removeRow(feature) {
    const place = this._features().indexOf(feature);
    this._remove(feature);
    if (!this._panel.table.focusRow(place)) this._panel.focus();
  }

  _show() {
    const features = this._features();
    this._panel.show(features);
    this.map.outlineTogether(features);
  }

  _showAll() {
    this._fit(this._features());
  }

  _fit(features) {
    const box = boxAround(features);
    if (box) this.map.fit(box, { nearest: CLOSEST_LOOK, room: ROOM_AROUND });
  }

  _save(kind) {
    const features = this._features();
    if (kind === 'csv') saveFile(nameFile(this.wording, 'csv'), writeTable(features, this.wording), 'text/csv;charset=utf-8');
    else saveFile(nameFile(this.wording, 'geojson'), writeGeoJson(features, this._source), 'application/geo+json');
    this._panel.say([{ text: this.wording.say('selecting.saved') }]);
  }

  /** The selected parcels that the data have, in natural order. */
  _features() {
    return (this.state.parcels ?? []).map((name) => this._known.get(sayName(name))).filter((each) => each !== undefined)
      .sort(compareNames);
  }

  /** The names that stand in the state, but for those that no parcel has. */
  _names() {
    return (this.state.parcels ?? []).filter((name) => !this._gone.has(sayName(name)));
  }

  _isChosen(feature) {
    return this._names().some((name) => sayName(name) === sayName(feature));
  }
}
