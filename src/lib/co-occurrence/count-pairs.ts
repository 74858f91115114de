import { ownersOfColumn, type Matrix } from './matrix.ts';

/** Columns from `from` up to but not including `to`. */
export type Range = { readonly from: number; readonly to: number };

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
export function countPairs(matrix: Matrix, { from, to }: Range, least: number, visit: VisitPair): void {
  const counts = new Uint32Array(matrix.columns);
  for (let a = from; a < to; a++) {
    if (ownersOfColumn(matrix, a) < least) continue;
    countLater(matrix, a, counts);
    if (matrix.laterBeside[a]! < matrix.columns - a) drainLater(matrix, a, counts, least, visit);
    else drainAll(a, counts, a + 1, least, visit);
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

/** A row ends with its largest columns: from there down to `a` itself, which is in it. */
function countLater({ columnOffsets, owners, rowOffsets, items }: Matrix, a: number, counts: Uint32Array): void {
  const end = columnOffsets[a + 1]!;
  for (let i = columnOffsets[a]!; i < end; i++) {
    let at = rowOffsets[owners[i]! + 1]! - 1;
    for (let b = items[at]!; b > a; b = items[--at]!) counts[b]! += 1;
  }
}

/** Where fewer columns were met than there are: what was met, once more. */
function drainLater(
  { columnOffsets, owners, rowOffsets, items }: Matrix,
  a: number,
  counts: Uint32Array,
  least: number,
  visit: VisitPair,
): void {
  for (let i = columnOffsets[a]!; i < columnOffsets[a + 1]!; i++) {
    let at = rowOffsets[owners[i]! + 1]! - 1;
    for (let b = items[at]!; b > a; b = items[--at]!) {
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
