// The palette as radio buttons, each with its name for those who do not see or tell the colours.

import { element, svgElement } from '../../base/elements.js';
import { COLOURS } from '../../base/shapes.js';

export function colourChoice({ name, wording, onChoose }) {
  const inputs = COLOURS.map((_, index) => element('input', {
    type: 'radio', name, value: index, class: 'colour__input', onchange: () => onChoose(index),
  }));
  const choices = COLOURS.map((colour, index) => {
    const title = wording.say(`drawing.colour_${colour.name}`);
    return element('label', { class: 'colour', title }, inputs[index], colourDot(index), element('span', { class: 'visually-hidden' }, title));
  });
  const fieldset = element('fieldset', { class: 'colours' },
    element('legend', { class: 'drawing__label' }, wording.say('drawing.colour')),
    element('div', { class: 'colours__choices' }, ...choices));
  return { element: fieldset, show: (colour) => inputs.forEach((input, index) => { input.checked = index === colour; }) };
}

/** A round swatch; forced colours leave it as it is. */
export function colourDot(colour) {
  return svgElement('svg', { viewBox: '0 0 20 20', class: 'colour__dot', 'aria-hidden': 'true', focusable: 'false' },
    svgElement('circle', { cx: 10, cy: 10, r: 8.5, fill: COLOURS[colour].value }));
}
