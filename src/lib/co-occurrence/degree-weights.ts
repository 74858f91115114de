import type { Matrix } from './matrix.ts';

/**
 * A weight for each row: its number of columns to the power of -alpha (P3alpha: Cooper, Lee, Radinsky and Siantos 2014;
 * RP3beta: Paudel, Christoffel, Newell and Bernstein 2017), 0 without any. The pairs of a row grow with the square of its
 * columns: rows with more than `most` of them get 0 too, and are counted in `leftOut`.
 */
export function degreeWeights(
  { rows, rowOffsets }: Pick<Matrix, 'rows' | 'rowOffsets'>,
  alpha: number,
  most: number,
): { readonly weights: Float64Array; readonly leftOut: number } {
  const weights = new Float64Array(new SharedArrayBuffer(8 * rows));
  let leftOut = 0;
  for (let row = 0; row < rows; row++) {
    const degree = rowOffsets[row + 1]! - rowOffsets[row]!;
    if (degree > most) leftOut += 1;
    else if (degree > 0) weights[row] = degree ** -alpha;
  }
  return { weights, leftOut };
}
