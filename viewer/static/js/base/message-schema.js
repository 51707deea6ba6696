// What a frame and the page around it may say to each other, version 1. This table is the only one: messages are
// checked against it when they come, and the JSON Schema that we publish is written from it (viewer/build.mjs).

export const PROTOCOL = 1;

const text = (maxLength, more = {}) => ({ type: 'string', maxLength, ...more });
const number = (minimum, maximum) => ({ type: 'number', minimum, maximum });
const list = (items, maxItems) => ({ type: 'array', items, maxItems });
const record = (properties, required = Object.keys(properties)) => ({
  type: 'object', properties, required, additionalProperties: false,
});

const NAME = text(41, { pattern: '^[a-z][a-z0-9-]*$' });
const LINK = text(4000);
const PLACE = { lon: number(-180, 180), lat: number(-90, 90) };
const SCALE = { mpp: number(0.01, 100_000) };
const NOTHING = record({});

/** Payloads by type, of messages that a frame takes. `mpp` is metres of ground for one CSS pixel. */
export const RECEIVED = {
  hello: NOTHING,
  'set-view': {
    anyOf: [
      record({ ...PLACE, ...SCALE }, ['lon', 'lat']),
      record({ bbox: { ...list(number(-180, 180), 4), minItems: 4 } }),
    ],
  },
  'select-parcel': record({ id: { anyOf: [text(60, { minLength: 1 }), { type: 'null' }] } }),
  'set-theme': record({ theme: NAME }),
  'set-layers': record({ on: list(NAME, 100), off: list(NAME, 100) }, []),
  'set-language': record({ language: text(8, { pattern: '^[a-z]{2}$' }) }),
};

/** Payloads by type, of messages that a frame sends. */
export const SENT = {
  ready: record({
    release: text(40),
    receives: list(text(40), 40),
    sends: list(text(40), 40),
    language: text(8),
    languages: list(text(8), 20),
    theme: NAME,
    themes: list(record({ id: NAME, title: text(500) }), 200),
    layers: list(record({ id: NAME, title: text(500), visible: { type: 'boolean' } }), 400),
  }),
  ack: NOTHING,
  error: record({ code: { type: 'string', enum: ['malformed', 'unknown', 'unavailable'] }, message: text(500) }),
  'view-changed': record({ ...PLACE, ...SCALE, link: LINK }),
  'parcel-selected': record({ id: { anyOf: [text(60), { type: 'null' }] }, title: text(200), link: LINK }),
  resize: record({ height: number(0, 10_000) }),
};

/** The schema of a whole message (JSON Schema 2020-12). */
export function buildSchema(id) {
  const message = ([type, payload]) => ({
    title: type,
    ...record({ prostor: { const: PROTOCOL }, type: { const: type }, id: text(64), payload }, ['prostor', 'type', 'payload']),
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title: 'Messages between an embedded Prostor map and the page around it, version 1',
    $defs: {
      received: { title: 'What a frame takes', oneOf: Object.entries(RECEIVED).map(message) },
      sent: { title: 'What a frame sends', oneOf: Object.entries(SENT).map(message) },
    },
    oneOf: [{ $ref: '#/$defs/received' }, { $ref: '#/$defs/sent' }],
  };
}
