// <prostor-map>: a map of a Prostor portal in any page.
//
//   <script type="module" src="https://maps.example.si/widget/RELEASE.js" integrity="sha256-…" crossorigin></script>
//   <prostor-map theme="planning" parcel="9001-123/4" lang="sl"></prostor-map>
//
// One file without dependencies. It puts a sandboxed frame into its shadow root and talks with it (messages version 1,
// /embed/messages.schema.json). The page around needs `frame-src` and `script-src` for the portal, and nothing else.
// Attributes: src, theme, layers, parcel, address, bbox, marker, text, lang, controls, height, title, poster.
// Events: prostor-ready, prostor-view, prostor-parcel, prostor-error; their details are the payloads of the messages.

const PROTOCOL = 1;
const ANSWER_MILLISECONDS = 10_000;
const LEAST_HEIGHT = 200;
const HIGHEST = 4000;
const SANDBOX = 'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox';
const PASSED_ON = { theme: 'theme', parcel: 'parcel', address: 'address', bbox: 'bbox', marker: 'marker', text: 'text', lang: 'lang', controls: 'controls' };
const EVENTS = { ready: 'prostor-ready', 'view-changed': 'prostor-view', 'parcel-selected': 'prostor-parcel', error: 'prostor-error' };
const WORDS = {
  sl: { title: 'Zemljevid občine', load: 'Prikaži zemljevid', poster: 'Zemljevid se naloži, ko to želite.' },
  en: { title: 'Map of the municipality', load: 'Show the map', poster: 'The map is loaded when you want it.' },
};

class ProstorMap extends HTMLElement {
  static observedAttributes = ['src', 'layers', 'height', 'title', ...Object.keys(PASSED_ON)];

  constructor() {
    super();
    this.attachShadow({ mode: 'open' });
    this._frame = null;
    this._isReady = false;
    this._waiting = new Map();
    this._count = 0;
    this._wanted = 0;
    this._hear = (event) => this._receive(event);
  }

  connectedCallback() {
    this.style.display ||= 'block';
    window.addEventListener('message', this._hear);
    if (this.hasAttribute('poster')) this._showPoster();
    else this._load();
  }

  disconnectedCallback() {
    window.removeEventListener('message', this._hear);
    this._forget('The map was taken out of the page.');
    this.shadowRoot.replaceChildren();
    this._frame = null;
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || this._frame === null) return;
    if (name === 'height') this._fitHeight();
    else if (name === 'title') this._frame.title = this._title();
    else if (name === 'theme' && this._isReady && now) this._quietly('set-theme', { theme: now });
    else if (name === 'parcel' && this._isReady) this._quietly('select-parcel', { id: now ? idOf(now) : null });
    else this._load();
  }

  /** Where the portal is: `src`, else the site this file came from. */
  get portal() {
    return new URL(this.getAttribute('src') || new URL('..', import.meta.url), document.baseURI);
  }

  /** What the frame shows, as it last said: {lon, lat, mpp, link}; null before. */
  get view() {
    return this._view ?? null;
  }

  /** The parcel chosen last: {id, title, link}; null without one. */
  get parcel() {
    return this._parcel ?? null;
  }

  /** {release, language, theme, themes, layers, …} as the frame introduced itself; null before. */
  get capabilities() {
    return this._capabilities ?? null;
  }

  /** Each of these is a promise: kept when the map has done it, broken with its reason when it could not. */
  setView(view) {
    return this._ask('set-view', view);
  }

  selectParcel(id) {
    return this._ask('select-parcel', { id: id === null ? null : idOf(id) });
  }

  setTheme(theme) {
    return this._ask('set-theme', { theme });
  }

  setLayers(layers) {
    return this._ask('set-layers', layers);
  }

  setLanguage(language) {
    return this._ask('set-language', { language });
  }

  _showPoster() {
    const words = this._words();
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = words.load;
    Object.assign(button.style, { font: 'inherit', padding: '0.75em 1.25em', minHeight: '44px', cursor: 'pointer' });
    button.addEventListener('click', () => {
      this._load();
      this._frame.focus();
    });
    const said = document.createElement('p');
    said.append(document.createElement('slot'));
    said.firstChild.textContent = words.poster;
    const box = document.createElement('div');
    Object.assign(box.style, { display: 'grid', placeContent: 'center', justifyItems: 'center', textAlign: 'center', border: '1px solid', padding: '1em', boxSizing: 'border-box' });
    box.style.minHeight = `${this._ownHeight() ?? 320}px`;
    box.append(said, button);
    this.shadowRoot.replaceChildren(box);
  }

  _load() {
    this._forget('The map is loaded anew.');
    const frame = document.createElement('iframe');
    frame.title = this._title();
    frame.loading = 'lazy';
    frame.referrerPolicy = 'strict-origin-when-cross-origin';
    frame.setAttribute('sandbox', SANDBOX);
    frame.allow = `fullscreen${this._controls().includes('locate') ? '; geolocation' : ''}`;
    Object.assign(frame.style, { border: '0', display: 'block', width: '100%', colorScheme: 'normal' });
    frame.addEventListener('load', () => {
      this._isReady = false;
      this._post({ type: 'hello', payload: {} });
    });
    frame.src = this._address();
    this._frame = frame;
    this._fitHeight();
    this.shadowRoot.replaceChildren(frame);
  }

  _address() {
    const address = new URL('embed', this.portal);
    for (const [attribute, parameter] of Object.entries(PASSED_ON)) {
      const value = this.getAttribute(attribute) || (attribute === 'lang' ? this._language() : null);
      if (value) address.searchParams.set(parameter, value);
    }
    const named = (this.getAttribute('layers') || '').split(',').map((each) => each.trim()).filter(Boolean);
    const on = named.filter((each) => !each.startsWith('-'));
    const off = named.filter((each) => each.startsWith('-')).map((each) => each.slice(1));
    if (on.length > 0) address.searchParams.set('on', on.join(','));
    if (off.length > 0) address.searchParams.set('off', off.join(','));
    return address.href;
  }

  /** As high as its `height` says, else three quarters of its width; and as high as what is in it needs. */
  _fitHeight() {
    const own = this._ownHeight();
    this._frame.style.aspectRatio = own === null ? '4 / 3' : 'auto';
    this._frame.style.height = own === null ? 'auto' : `${own}px`;
    this._frame.style.minHeight = `${Math.max(LEAST_HEIGHT, this._wanted)}px`;
  }

  _ownHeight() {
    const height = Number.parseInt(this.getAttribute('height') ?? '', 10);
    return Number.isFinite(height) ? Math.min(Math.max(height, LEAST_HEIGHT), HIGHEST) : null;
  }

  _receive({ source, origin, data }) {
    if (this._frame === null || source !== this._frame.contentWindow || origin !== this.portal.origin) return;
    if (typeof data !== 'object' || data === null || data.prostor !== PROTOCOL) return;
    const { type, id, payload } = data;
    if (typeof payload !== 'object' || payload === null) return;
    if (type === 'ready') {
      this._isReady = true;
      this._capabilities = payload;
    } else if (type === 'view-changed') this._view = payload;
    else if (type === 'parcel-selected') this._parcel = payload.id === null ? null : payload;
    else if (type === 'resize' && Number.isFinite(payload.height)) {
      this._wanted = Math.min(Math.max(payload.height, 0), HIGHEST);
      this._fitHeight();
    }
    if (type === 'ack' || (type === 'error' && this._waiting.has(id))) this._settle(id, type, payload);
    else if (Object.hasOwn(EVENTS, type)) this.dispatchEvent(new CustomEvent(EVENTS[type], { detail: payload, bubbles: true, composed: true }));
  }

  _ask(type, payload) {
    if (!this._isReady) return Promise.reject(new Error('The map is not ready yet; wait for prostor-ready.'));
    this._count += 1;
    const id = `m${this._count}`;
    return new Promise((keep, fail) => {
      const timer = setTimeout(() => this._settle(id, 'error', { message: 'The map did not answer.' }), ANSWER_MILLISECONDS);
      this._waiting.set(id, { keep, fail, timer });
      this._post({ type, id, payload });
    });
  }

  /** As an attribute asks: what goes wrong is an event, for nobody holds the promise. */
  _quietly(type, payload) {
    this._ask(type, payload).catch(({ message }) => {
      this.dispatchEvent(new CustomEvent('prostor-error', { detail: { code: 'refused', message }, bubbles: true, composed: true }));
    });
  }

  _settle(id, type, payload) {
    const waiting = this._waiting.get(id);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this._waiting.delete(id);
    if (type === 'ack') waiting.keep();
    else waiting.fail(new Error(String(payload.message)));
  }

  _post(message) {
    this._frame?.contentWindow?.postMessage({ prostor: PROTOCOL, ...message }, this.portal.origin);
  }

  _forget(reason) {
    this._isReady = false;
    this._wanted = 0;
    for (const id of [...this._waiting.keys()]) this._settle(id, 'error', { message: reason });
  }

  _controls() {
    return (this.getAttribute('controls') || '').split(',').map((each) => each.trim());
  }

  _title() {
    return this.getAttribute('title') || this._words().title;
  }

  _words() {
    return WORDS[this._language()] ?? WORDS.en;
  }

  /** The element's own language, else that of the page around it. */
  _language() {
    const tagged = this.getAttribute('lang') || this.closest('[lang]')?.getAttribute('lang') || 'sl';
    return tagged.slice(0, 2).toLowerCase();
  }
}

/** `9001-123/4`, from however people write it. */
function idOf(text) {
  return String(text).trim().replace(/^(\d{1,4})[-/ ](?=\*?\d)/, '$1-');
}

if (!customElements.get('prostor-map')) customElements.define('prostor-map', ProstorMap);
