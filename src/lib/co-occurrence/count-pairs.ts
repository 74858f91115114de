import { ownersOfColumn, type Matrix } from './matrix.ts';
import { tailsOf, type Range, type Tails } from './tails.ts';

export type { Range };

/** What is called with two columns and how many rows have both, or the sum of these rows' weights. */
export type VisitPair = (a: number, b: number, sum: number) => void;

/*
 * Row by row of the product (Gustavson 1978): for a column, the rows that have it, and in each of them the columns beside
 * it, counted into one line of counters, which fits into a processor's cache. No table of all pairs is ever held.
 */

/**
 * Calls `visit(a, b, count)` once for each two columns a < b that at least `least` (1 or more) rows have together, for
 * every a in the range, in no promised order of b.
 */
export function countPairs(matrix: Matrix, range: Range, least: number, visit: VisitPair): void {
  const counts = new Uint32Array(matrix.columns);
  for (const tails of tailsOf(matrix, range)) {
    for (let a = tails.block.from; a < tails.block.to; a++) {
      if (ownersOfColumn(matrix, a) < least) continue;
      countLater(matrix, tails, a, counts);
      // Where fewer columns were met than there are, they are met once more.
      if (matrix.laterBeside[a]! < matrix.columns - a) drainLater(matrix, tails, a, { counts, least, visit });
      else drainAll(a, counts, a + 1, least, visit);
    }
  }
}

/** The same for one column beside all others, earlier ones too. */
export function countBeside(matrix: Matrix, a: number, least: number, visit: VisitPair): void {
  const { columns, rowOffsets, items, columnOffsets, owners } = matrix;
  const counts = new Uint32Array(columns);
  for (let i = columnOffsets[a]!; i < columnOffsets[a + 1]!; i++)
    for (let at = rowOffsets[owners[i]!]!; at < rowOffsets[owners[i]! + 1]!; at++) counts[items[at]!]! += 1;
  counts[a] = 0;
  drainAll(a, counts, 0, least, visit);
}

/**
 * Calls `visit(a, b, sum)` for each a in the range and each other column b, earlier or later, that rows with a weight
 * above 0 have together: the sum of their weights, added in the order of rows. A row with weight 0 is left out.
 */
export function weighPairs(matrix: Matrix, weights: Float64Array, { from, to }: Range, visit: VisitPair): void {
  const { columns, rowOffsets, items, columnOffsets, owners } = matrix;
  const sums = new Float64Array(columns);
  for (let a = from; a < to; a++) {
    let steps = 0;
    for (let i = columnOffsets[a]!; i < columnOffsets[a + 1]!; i++) {
      const row = owners[i]!;
      const weight = weights[row]!;
      if (weight === 0) continue;
      const end = rowOffsets[row + 1]!;
      steps += end - rowOffsets[row]!;
      for (let at = rowOffsets[row]!; at < end; at++) sums[items[at]!]! += weight;
    }
    sums[a] = 0;
    if (steps < columns) drainWeighed(matrix, weights, a, sums, visit);
    else drainAll(a, sums, 0, Number.MIN_VALUE, visit);
  }
}

function countLater({ columnOffsets, items }: Matrix, { first, starts, ends }: Tails, a: number, counts: Uint32Array) {
  const last = columnOffsets[a + 1]! - first;
  for (let i = columnOffsets[a]! - first; i < last; i++)
    for (let at = starts[i]!, end = ends[i]!; at < end; at++) counts[items[at]!]! += 1;
}

type Drain = { readonly counts: Uint32Array; readonly least: number; readonly visit: VisitPair };

function drainLater(
  { columnOffsets, items }: Matrix,
  { first, starts, ends }: Tails,
  a: number,
  { counts, least, visit }: Drain,
): void {
  const last = columnOffsets[a + 1]! - first;
  for (let i = columnOffsets[a]! - first; i < last; i++) {
    for (let at = starts[i]!; at < ends[i]!; at++) {
      const b = items[at]!;
      const count = counts[b]!;
      counts[b] = 0;
      if (count >= least) visit(a, b, count);
    }
  }
}

function drainWeighed(
  { columnOffsets, owners, rowOffsets, items }: Matrix,
  weights: Float64Array,
  a: number,
  sums: Float64Array,
  visit: VisitPair,
): void {
  for (let i = columnOffsets[a]!; i < columnOffsets[a + 1]!; i++) {
    const row = owners[i]!;
    if (weights[row] === 0) continue;
    for (let at = rowOffsets[row]!; at < rowOffsets[row + 1]!; at++) {
      const b = items[at]!;
      const sum = sums[b]!;
      sums[b] = 0;
      if (sum > 0) visit(a, b, sum);
    }
  }
}

function drainAll(a: number, sums: Uint32Array | Float64Array, from: number, least: number, visit: VisitPair): void {
  for (let b = from; b < sums.length; b++) {
    const sum = sums[b]!;
    if (sum === 0) continue;
    sums[b] = 0;
    if (sum >= least) visit(a, b, sum);
  }
}
