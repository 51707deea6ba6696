// Builds elements. Text always becomes a text node, so nothing a layer says can turn into markup.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element with attributes and children (elements, strings, or null for nothing).
 * `on…` attributes are listeners, `class` and the rest are set as attributes; true means present.
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** An element of SVG; attributes may give colours, which a strict CSP leaves alone. */
export function svgElement(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A line drawing in a 24 × 24 box, hidden from screen readers: the text beside it speaks. */
export function icon(path) {
  const frame = { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' };
  return svgElement('svg', frame, svgElement('path', { d: path }));
}

/** A link that opens a document of somebody else beside the map. */
export function outsideLink(address, text) {
  return element('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, text);
}

export const ICONS = {
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  home: 'M4 11l8-7 8 7M6.5 9.5V20h11V9.5',
  draw: 'M4 20l1-4L16.5 4.5a2 2 0 0 1 3 3L8 19l-4 1zM14 7l3 3',
  draw_point: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
  draw_line: 'M4 18l6-8 5 4 5-8',
  draw_area: 'M5 7l10-3 5 9-7 7-8-4z',
  locate: 'M12 2v4M12 18v4M2 12h4M18 12h4M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10z',
  select: 'M4 4h16v16H4zM4 11h8M12 4v16M14.5 15l2 2.5 3.5-4.5',
  nearer: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5l5 5M10.5 7.5v6M7.5 10.5h6',
  print: 'M7 9V3h10v6M7 18H4v-8h16v8h-3M7 14h10v7H7z',
  show: 'M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
};
