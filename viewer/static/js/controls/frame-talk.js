// The frame's side of the talk with the page around it. It speaks only to the window that holds it, only after that
// has said hello from an origin the portal names, and only to that origin. What it can be asked is a fixed table.

import { Emitter } from '../base/events.js';
import { PROTOCOL, RECEIVED, SENT } from '../base/message-schema.js';
import { fits } from '../base/schema-check.js';

/** What somebody asked for and we do not have; its message may be shown to a webmaster. */
export class UnknownThing extends Error {}

/** Event: `hello` when a page introduced itself, after which `send` reaches it. */
export class FrameTalk extends Emitter {
  /** `origins` as portal.toml names them, `*` for any; `actions` answer each type but hello: functions of a payload. */
  constructor({ origins, actions, around = window.parent }) {
    super();
    Object.assign(this, { origins, actions, around });
    this._peer = null;
    if (around !== window) window.addEventListener('message', (event) => this._hear(event));
  }

  /** Tell the page around us, if it has introduced itself. */
  send(type, payload, id = undefined) {
    if (this._peer === null) return;
    if (!fits(SENT[type], payload)) throw new Error(`a message of type ${type} is not as the schema says`);
    this.around.postMessage({ prostor: PROTOCOL, type, ...(id === undefined ? {} : { id }), payload }, this._peer);
  }

  async _hear({ source, origin, data }) {
    if (source !== this.around || !this._isAllowed(origin) || !isMessage(data)) return;
    if (data.type === 'hello') this._peer = origin;
    if (origin !== this._peer) return;
    if (!fits(RECEIVED[data.type], data.payload)) {
      this._refuse(data, 'malformed', `${data.type}: the payload is not as the schema says.`);
      return;
    }
    if (data.type === 'hello') this.emit('hello');
    else await this._act(data);
  }

  async _act({ type, payload, id }) {
    try {
      await this.actions[type](payload);
    } catch (problem) {
      const isUnknown = problem instanceof UnknownThing;
      this._refuse({ id }, isUnknown ? 'unknown' : 'unavailable', isUnknown ? problem.message : 'The map could not do this now.');
      return;
    }
    this.send('ack', {}, id);
  }

  _refuse({ id }, code, message) {
    this.send('error', { code, message }, typeof id === 'string' ? id : undefined);
  }

  _isAllowed(origin) {
    return this.origins.includes('*') || this.origins.includes(origin) || origin === window.location.origin;
  }
}

/** One of ours, of a type that a frame takes; the payload is looked at later. */
function isMessage(data) {
  return typeof data === 'object' && data !== null && data.prostor === PROTOCOL
    && typeof data.type === 'string' && Object.hasOwn(RECEIVED, data.type)
    && (data.id === undefined || (typeof data.id === 'string' && data.id.length <= 64));
}
