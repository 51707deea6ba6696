// Reads a JSON list of styles and writes, for each, what the published MapLibre style specification objects to.

import { readFileSync } from 'node:fs';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';

const styles = JSON.parse(readFileSync(0, 'utf-8'));
console.log(JSON.stringify(styles.map((style) => validateStyleMin(style).map(({ message }) => message))));
