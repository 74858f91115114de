import type { Matrix } from './matrix.ts';
import type { Range } from './tails.ts';

/** Sets of weights that are added up side by side: the sums of a column are in one line of a processor's cache. */
export const LANES = 4;

/** What is called with two columns; the sum under the n-th set of weights is `sums[at + n]`. */
export type VisitSums = (a: number, b: number, sums: Float64Array, at: number) => void;

/**
 * What weighPairs() does, for up to LANES sets of weights of the rows in one pass, to the same last digit: four take
 * half as long again as one. A row is left out whose weight under the first set is 0.
 */
export function weighPairsTogether(
  matrix: Matrix,
  weights: readonly Float64Array[],
  { from, to }: Range,
  visit: VisitSums,
): void {
  const { columns, rowOffsets, items, columnOffsets, owners } = matrix;
  const lanes = interleaved(weights, matrix.rows);
  const sums = new Float64Array(columns * LANES);
  for (let a = from; a < to; a++) {
    let steps = 0;
    for (let i = columnOffsets[a]!; i < columnOffsets[a + 1]!; i++) {
      const row = owners[i]!;
      const lane = row * LANES;
      const [first, last] = [rowOffsets[row]!, rowOffsets[row + 1]!];
      if (lanes[lane] === 0) continue;
      steps += last - first;
      // Written out: a loop over the lanes takes twice as long (Node 24.21).
      const [w0, w1, w2, w3] = [lanes[lane]!, lanes[lane + 1]!, lanes[lane + 2]!, lanes[lane + 3]!];
      for (let at = first; at < last; at++) {
        const b = items[at]! * LANES;
        sums[b]! += w0;
        sums[b + 1]! += w1;
        sums[b + 2]! += w2;
        sums[b + 3]! += w3;
      }
    }
    sums.fill(0, a * LANES, (a + 1) * LANES);
    if (steps < columns) drainMet(matrix, lanes, a, sums, visit);
    else for (let b = 0; b < columns; b++) drain(a, b, sums, visit);
  }
}

function interleaved(weights: readonly Float64Array[], rows: number): Float64Array {
  const lanes = new Float64Array(rows * LANES);
  weights.forEach((own, lane) => {
    for (let row = 0; row < rows; row++) lanes[row * LANES + lane] = own[row]!;
  });
  return lanes;
}

function drain(a: number, b: number, sums: Float64Array, visit: VisitSums): void {
  const at = b * LANES;
  if (sums[at] === 0) return;
  visit(a, b, sums, at);
  for (let lane = 0; lane < LANES; lane++) sums[at + lane] = 0;
}

/** Where fewer columns were met than there are, they are met once more. */
function drainMet(
  { columnOffsets, owners, rowOffsets, items }: Matrix,
  lanes: Float64Array,
  a: number,
  sums: Float64Array,
  visit: VisitSums,
): void {
  for (let i = columnOffsets[a]!; i < columnOffsets[a + 1]!; i++) {
    const row = owners[i]!;
    if (lanes[row * LANES] === 0) continue;
    for (let at = rowOffsets[row]!; at < rowOffsets[row + 1]!; at++) drain(a, items[at]!, sums, visit);
  }
}
