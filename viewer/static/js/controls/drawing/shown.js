// Drawings as the map shows them; for the tool, and for a frame that only shows what its link brings.

import { COLOURS, reachAround } from '../../base/shapes.js';
import { DrawnShapes } from '../../map/drawn-shapes.js';
import { readShape } from '../../state/shape-link.js';
import { Measures } from './measures.js';

/** The shapes of a link; what is none, or lies elsewhere, is left out. */
export function readShapes(codes, isInReach) {
  return codes.map((code) => readShape(code, isInReach)).filter((each) => each !== null);
}

/** A shape for DrawnShapes: places in degrees, colour, and the lines of its label. */
export function toShown(shape, { coordinates, measures }) {
  return {
    ...shape, points: shape.points.map((each) => coordinates.fromNative(each)),
    colour: COLOURS[shape.colour].value, lines: measures.label(shape),
  };
}

/** Show the drawings of a link on a map, without any tool. */
export function showShapes(codes, { map, configuration, coordinates, wording }) {
  const measures = new Measures({ wording, coordinates });
  const drawn = new DrawnShapes();
  map.lay(drawn);
  const shapes = readShapes(codes, reachAround(configuration.outline, coordinates));
  drawn.show(shapes.map((shape) => toShown(shape, { coordinates, measures })));
}
