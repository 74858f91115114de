import type { Items, Matrix } from '../co-occurrence/matrix.ts';
import { randomOf, sampleOf } from '../stats/random.ts';

/** Items of customers, ascending: a Matrix is one. */
export type Rows = Pick<Matrix, 'rows' | 'rowOffsets' | 'items'>;

export type CasesInput = {
  /** What customers had at the cut. */
  readonly owned: Rows;
  /** What they started afterwards, the same customers; what they had before does not count. */
  readonly started: Rows;
  /** Per item: 1 when it may be offered; others do not count either. */
  readonly eligible?: Uint8Array | undefined;
  /** Per customer: 1 for who is asked about; of others nothing is counted. */
  readonly asked?: Uint8Array | undefined;
  /** Customers who had fewer items are left out. */
  readonly leastOwned?: number;
  /** Cases at most: of more, a seeded sample. */
  readonly most?: number;
  readonly seed: number;
};

/** Customers whose next items are known: what is to be found. */
export type Cases = {
  readonly owned: Rows;
  /** The customer of each case, ascending: a row of `owned`. */
  readonly customers: Uint32Array;
  /** What each case started, at least one, ascending; one row per case. */
  readonly relevant: Rows;
  readonly leftOut: {
    /** Had fewer items than asked for. */
    readonly tooFewOwned: number;
    /** Had enough of them, and started nothing new that may be offered. */
    readonly nothingNew: number;
    /** Are beyond the size of the sample. */
    readonly notSampled: number;
  };
};

export const LEAST_OWNED = 1;
export const MOST_CASES = 20_000;

/** Who is evaluated, on what. */
export function casesOf(input: CasesInput): Cases {
  const { owned, asked, leastOwned = LEAST_OWNED, most = MOST_CASES, seed } = input;
  const found: number[] = [];
  let [tooFewOwned, nothingNew] = [0, 0];
  for (let row = 0; row < owned.rows; row++) {
    if (asked !== undefined && asked[row] === 0) continue;
    if (owned.rowOffsets[row + 1]! - owned.rowOffsets[row]! < leastOwned) {
      tooFewOwned += 1;
      continue;
    }
    if (newItems(input, row).length > 0) found.push(row);
    else nothingNew += 1;
  }
  const chosen = sampleOf(found.length, most, randomOf(seed, 'cases'));
  const customers = Uint32Array.from(chosen, (i) => found[i]!);
  const relevant = relevantOf(input, customers);
  const notSampled = found.length - customers.length;
  return { owned, customers, relevant, leftOut: { tooFewOwned, nothingNew, notSampled } };
}

export function rowOf({ rowOffsets, items }: Rows, row: number): Items {
  return items.subarray(rowOffsets[row]!, rowOffsets[row + 1]!);
}

function newItems({ owned, started, eligible }: CasesInput, row: number): Items {
  const had = rowOf(owned, row);
  let at = 0;
  return rowOf(started, row).filter((item) => {
    while (at < had.length && had[at]! < item) at += 1;
    return had[at] !== item && (eligible === undefined || eligible[item] === 1);
  });
}

function relevantOf(input: CasesInput, customers: Uint32Array): Rows {
  const found = Array.from(customers, (row) => newItems(input, row));
  const rowOffsets = new Uint32Array(customers.length + 1);
  found.forEach(({ length }, i) => (rowOffsets[i + 1] = rowOffsets[i]! + length));
  const items = new Uint32Array(rowOffsets.at(-1)!);
  found.forEach((list, i) => items.set(list, rowOffsets[i]));
  return { rows: customers.length, rowOffsets, items };
}
