// The buttons on the map: nearer, farther, the whole municipality, `more` of other parts, where I am.

import { ICONS, element, icon } from '../base/elements.js';

const ALL = new Set(['zoom', 'home']);

/** `controls` name the groups of buttons there are; `onLocated` is told where the reader is. */
export function buildMapTools(container, { map, configuration, wording, announcer, onLocated = null, controls = ALL, more = [] }) {
  const button = (key, drawing, action) => element('button', {
    type: 'button', class: 'tool', title: wording.say(key), 'aria-label': wording.say(key), onclick: action,
  }, icon(drawing));
  if (controls.has('zoom')) {
    container.append(
      button('map.zoom_in', ICONS.plus, () => map.zoomBy(1)), button('map.zoom_out', ICONS.minus, () => map.zoomBy(-1)));
  }
  if (controls.has('home')) container.append(button('map.whole', ICONS.home, () => map.fit(configuration.outline)));
  container.append(...more.filter((each) => each !== null));
  if (!onLocated || !navigator.geolocation || !window.isSecureContext) return;
  container.append(button('map.locate', ICONS.locate, () => locate({ configuration, wording, announcer, onLocated })));
}

/** The position stays in the browser until it is asked about like any other point of the map. */
function locate({ configuration, wording, announcer, onLocated }) {
  const [west, south, east, north] = configuration.outline;
  const refused = () => announcer.say(wording.say('map.locate_failed'));
  navigator.geolocation.getCurrentPosition(({ coords: { longitude: lon, latitude: lat } }) => {
    if (lon < west || lon > east || lat < south || lat > north) announcer.say(wording.say('map.locate_outside'));
    else onLocated({ lon, lat });
  }, refused, { enableHighAccuracy: true, timeout: 10_000 });
}
