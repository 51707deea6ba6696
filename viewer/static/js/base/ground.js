// Scales. One CSS pixel is 1/96 inch; a scale compares it with the metres of ground it shows.

const METRES_PER_CSS_PIXEL = 0.0254 / 96;
// As in layers/style.py: scales of grids and of people are rounded.
const SCALE_TOLERANCE = 0.01;

/** The n of "1 : n" for ground metres per CSS pixel. */
export function scaleDenominator(metresPerPixel) {
  return metresPerPixel / METRES_PER_CSS_PIXEL;
}

/** Ground metres per CSS pixel at 1 : n. */
export function metresPerPixelAt(denominator) {
  return denominator * METRES_PER_CSS_PIXEL;
}

/** A number that people would say: two leading digits, the rest zeros. */
export function roundedDenominator(metresPerPixel) {
  const exact = scaleDenominator(metresPerPixel);
  const step = 10 ** Math.max(Math.floor(Math.log10(exact)) - 1, 0);
  return Math.round(exact / step) * step;
}

/** The longest of 1, 2, 5 × 10ⁿ metres that fits into `pixels`, and its width in pixels. */
export function scaleBarLength(metresPerPixel, pixels) {
  const most = metresPerPixel * pixels;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((each) => each * power).find((each) => each <= most * (1 + 1e-9));
  return { metres, pixels: metres / metresPerPixel };
}

/** Why a layer of this scale range does not show: 'too far' or 'too near'; null when it does. */
export function beyondScale({ min, max }, metresPerPixel) {
  if (metresPerPixel > max * (1 + SCALE_TOLERANCE)) return 'too far';
  return metresPerPixel < min * (1 - SCALE_TOLERANCE) ? 'too near' : null;
}
