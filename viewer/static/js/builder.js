// Keeps the page that writes embed codes in step with its form. The server writes every code; here its page is asked
// for anew after each change, and what it says is put where it was. Without this module the form has a button.

import { copyText } from './base/clipboard.js';
import { withParameters } from './base/configuration.js';
import { afterPause } from './base/events.js';
import { fetchJson } from './base/requests.js';

const CHANGE_PAUSE_MILLISECONDS = 350;
const SHOWN_MILLISECONDS = 2000;
const LEAST_SEARCHED = 2;
const METRES_OF_A_DEGREE = 111_320;

const byId = (id) => document.getElementById(id);
const form = byId('form');
const preview = byId('preview');
let asking = null;

byId('submit').hidden = true;
for (const name of ['take-extent', 'take-middle']) byId(name).hidden = false;
for (const button of document.querySelectorAll('[data-copies]')) offerCopy(button);
const refreshSoon = afterPause(refresh, CHANGE_PAUSE_MILLISECONDS);
form.addEventListener('input', refreshSoon);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  refresh();
});
byId('take-extent').addEventListener('click', () => take('bbox', writeExtent));
byId('take-middle').addEventListener('click', () => take('marker', ({ at }) => at.map(writeNumber).join(',')));
offerFound('parcel', ({ title }) => title, ({ kind }) => kind === 'parcel');
offerFound('address', ({ title }) => title, ({ kind }) => ['address', 'street', 'place'].includes(kind));

/** The page for what the form says now; an older question is given up. */
async function refresh() {
  asking?.abort();
  asking = new AbortController();
  const address = `${form.getAttribute('action')}?${new URLSearchParams(new FormData(form))}`;
  try {
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    window.history.replaceState(null, '', address);
  } catch (error) {
    if (error.name !== 'AbortError') say(form.dataset.failed);
  }
}

function show(page) {
  for (const part of document.querySelectorAll('[data-live]')) {
    const now = page.getElementById(part.id);
    if (now && (part.id !== 'layers' || themeOf(part) !== themeOf(now))) part.replaceChildren(...now.childNodes);
  }
  byId('title').placeholder = page.getElementById('title').placeholder;
  byId('width').value = page.getElementById('width').value;
  const now = page.getElementById('preview');
  for (const name of ['title', 'lang', 'width', 'height', 'src']) {
    if (preview.getAttribute(name) !== now.getAttribute(name)) preview.setAttribute(name, now.getAttribute(name));
  }
  markWrong();
}

const themeOf = (layers) => layers.querySelector('[name=layers_of]').value;

function markWrong() {
  for (const said of document.querySelectorAll('.line__wrong')) {
    byId(said.id.replace('-wrong', '')).setAttribute('aria-invalid', String(said.textContent.trim() !== ''));
  }
}

function offerCopy(button) {
  const text = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const done = await copyText(byId(button.dataset.copies).value).then(() => true, () => false);
    button.textContent = done ? button.dataset.done : button.dataset.failed;
    say(button.textContent);
    setTimeout(() => { button.textContent = text; }, SHOWN_MILLISECONDS);
  });
}

/** Fills a field with what the preview shows, which lies on our own site and says it in a link. */
function take(name, write) {
  const link = preview.contentDocument?.getElementById('full-viewer');
  const said = link ? new URL(link.href).searchParams : new URLSearchParams();
  const [at, mpp] = [(said.get('at') ?? '').split(',').map(Number), Number(said.get('mpp'))];
  if (at.length !== 2 || !(mpp > 0)) return;
  byId(name).value = write({ at, mpp });
  refresh();
}

/** The corners of the preview's map, in the units of its middle. */
function writeExtent({ at: [x, y], mpp }) {
  const map = preview.contentDocument.getElementById('map');
  const isDegrees = Math.abs(x) <= 180 && Math.abs(y) <= 90;
  const [across, up] = [(map.clientWidth * mpp) / 2, (map.clientHeight * mpp) / 2];
  const eastward = isDegrees ? across / (METRES_OF_A_DEGREE * Math.cos((y * Math.PI) / 180)) : across;
  const northward = isDegrees ? up / METRES_OF_A_DEGREE : up;
  return [x - eastward, y - northward, x + eastward, y + northward].map(writeNumber).join(',');
}

function writeNumber(value) {
  return String(Number(value.toFixed(Math.abs(value) <= 180 ? 6 : 0)));
}

/** What the search finds for what is being typed, as suggestions of the browser. */
function offerFound(name, write, isWanted) {
  byId(name).addEventListener('input', afterPause(async () => {
    const text = byId(name).value.trim();
    if (text.length < LEAST_SEARCHED) return;
    const asked = withParameters(form.dataset.search, { q: text, lang: document.documentElement.lang });
    const found = await fetchJson(asked).catch(() => ({ groups: [] }));
    const groups = found.groups.filter(isWanted);
    const values = new Set(groups.flatMap(({ results }) => results).map(write));
    byId(`${name}-found`).replaceChildren(...[...values].map((value) => new Option(value, value)));
  }, CHANGE_PAUSE_MILLISECONDS));
}

function say(text) {
  byId('said').textContent = text;
}
