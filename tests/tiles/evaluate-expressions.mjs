// Reads a JSON list of [expression, list of properties] and writes what each expression gives for each feature.

import { readFileSync } from 'node:fs';
import { createExpression } from '@maplibre/maplibre-gl-style-spec';

const questions = JSON.parse(readFileSync(0, 'utf-8'));
console.log(JSON.stringify(questions.map(([expression, features]) => {
  const compiled = createExpression(expression, 'question');
  if (compiled.result !== 'success') throw new Error(compiled.value.map(({ message }) => message).join('; '));
  return features.map((properties) => compiled.value.evaluate({ zoom: 15 }, { type: 'Polygon', properties }));
})));
