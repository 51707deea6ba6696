// A field for coordinates with its button, and the reason below it when they cannot be read.

import { element } from '../../base/elements.js';

/** `onSubmit(text)` answers the reason why not, or null; `label`, `hint` and `button` are keys of texts. */
export function typedField({ wording, id, label, hint, button, rows, onSubmit }) {
  const field = element('textarea', {
    class: 'field', id, rows, spellcheck: 'false', autocomplete: 'off', 'aria-describedby': `${id}-hint ${id}-problem`,
  });
  const problem = element('p', { class: 'drawing__problem', id: `${id}-problem`, hidden: true });
  const tell = (reason) => {
    problem.textContent = reason ?? '';
    problem.hidden = !reason;
    field.toggleAttribute('aria-invalid', Boolean(reason));
  };
  const submit = () => {
    const reason = onSubmit(field.value);
    tell(reason);
    if (reason) field.focus();
  };
  return {
    element: element('div', { class: 'drawing__typed' },
      element('label', { class: 'drawing__label', for: id }, wording.say(label)),
      element('p', { class: 'drawing__hint', id: `${id}-hint` }, wording.say(hint)),
      field, problem,
      element('button', { type: 'button', class: 'button button--plain', onclick: submit }, wording.say(button))),
    set: (text) => { field.value = text; tell(null); },
  };
}
