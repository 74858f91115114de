import type { RunContext } from '../../../analysis/define.ts';
import { heldMatrix, type HeldMatrix } from '../../../analysis/snapshot/held-matrix.ts';
import { areAllProducts, isEverybody } from '../../../analysis/population.ts';
import { AppError } from '../../../lib/app-error.ts';
import { compareText } from '../../../lib/compare-text.ts';
import { balancedRanges } from '../../../lib/co-occurrence/balanced-ranges.ts';
import { regrouped, type Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { pairWork } from '../../../lib/co-occurrence/pair-work.ts';
import { MOST_TESTED, type RankedPairs, type Ranking } from '../../../lib/co-occurrence/rank-pairs.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { turnsOf } from '../../../lib/turns.ts';
import { categoriesOfProducts, type AskedPairs } from './queries.ts';

/** The first pairs of some ranges of items, which are numbered in the order of their ids. */
export type CountedPairs = {
  readonly items: readonly string[];
  readonly ownersOf: (item: number) => number;
  readonly base: number;
  readonly ranked: readonly RankedPairs[];
};

export type AskedRanking = Omit<Ranking, 'all' | 'leastBoth' | 'leastOwners'>;

/** Ranges of columns, more than there are threads: who is done early takes another. */
const RANGES = 4;
/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
/** Products of which the categories are read at most. */
const MANY_PRODUCTS = 500_000;

/**
 * Pairs of all items, or of the one that is named, counted in memory; undefined when a filter is asked for or the
 * relationships are not in memory: then SQL counts. Both must agree.
 */
export async function countInMemory(
  params: AskedPairs,
  item: string | undefined,
  asked: AskedRanking,
  context: RunContext,
): Promise<CountedPairs | undefined> {
  if (!isEverybody(params) || !areAllProducts(params)) return undefined;
  const held = await heldMatrix(context, params.ownership);
  const byItem =
    held &&
    (params.grain === 'product' ? { items: held.products, matrix: held.matrix } : await byCategory(held, context));
  if (held === undefined || byItem === undefined) return undefined;
  const { items, matrix } = byItem;
  const base = held.matrix.filled;
  const ranking = { ...asked, all: base, leastBoth: params.minCustomers, leastOwners: params.minOwners };
  const { columnOffsets } = matrix;
  const ownersOf = (column: number) => columnOffsets[column + 1]! - columnOffsets[column]!;
  return {
    items,
    ownersOf,
    base,
    ranked: await ranked(ranking, matrix, item === undefined ? undefined : numberOf(items, item), context),
  };
}

async function ranked(
  ranking: Ranking,
  matrix: Matrix,
  column: number | undefined,
  { compute }: RunContext,
): Promise<readonly RankedPairs[]> {
  if (column === undefined) {
    const ranges = balancedRanges(pairWork(matrix), RANGES);
    // Together at most MOST_TESTED.
    const most = Math.floor(MOST_TESTED / RANGES);
    return Promise.all(ranges.map((range) => compute('pairs-of-range', { ...ranking, matrix, range, most }))).catch(
      tooMany,
    );
  }
  return column < 0 ? [] : [await compute('pairs-beside', { ...ranking, matrix, column })];
}

function tooMany(error: unknown): never {
  if (!(error instanceof RangeError)) throw error;
  throw new AppError(
    'limit.rows',
    `more than ${MOST_TESTED} pairs to be tested; ask for more by minCustomers or minOwners`,
    { cause: error },
  );
}

type ByItem = { readonly items: readonly string[]; readonly matrix: Matrix };

/** Undefined when there are too many products to group. */
async function byCategory({ products, matrix }: HeldMatrix, context: RunContext): Promise<ByItem | undefined> {
  const rows = await context.queryFew(categoriesOfProducts(context), MANY_PRODUCTS);
  if (rows === undefined) return undefined;
  const items = [...new Set(rows.map((row) => row['productCategory'] as string))].sort(compareText);
  const groupOf = new Int32Array(products.length).fill(-1);
  for (const { productId, productCategory } of rows) {
    const product = numberOf(products, productId as string);
    if (product >= 0) groupOf[product] = numberOf(items, productCategory as string);
  }
  return { items, matrix: await regrouped(matrix, groupOf, items.length, turnsOf(TURN_MS)) };
}
