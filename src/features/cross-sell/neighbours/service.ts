import type { Static } from 'typebox';
import type { RunContext } from '../../../analysis/define.ts';
import { balancedRanges } from '../../../lib/co-occurrence/balanced-ranges.ts';
import type { Range } from '../../../lib/co-occurrence/count-pairs.ts';
import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { pairWork } from '../../../lib/co-occurrence/pair-work.ts';
import { COSINE, type Model, rp3beta } from '../../../lib/recommend/models.ts';
import type { Neighbours } from '../../../lib/recommend/neighbours.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { heldOnDays } from '../held-on-days.ts';
import { namesOf } from '../rules/names.ts';
import type { AllNeighboursParams, NeighboursAsked, NeighboursParams } from './model.ts';

type Row = Readonly<Record<string, unknown>>;

/** Threads that share the work. */
const THREADS = 2;

/** The rows of cross-sell.neighbours. Throws limit.rows. */
export async function neighbourRows(
  params: Static<typeof NeighboursParams>,
  context: RunContext,
): Promise<readonly Row[]> {
  const { products, matrix } = await heldNow(context);
  const item = numberOf(products, params.productId);
  if (item < 0) return [];
  const range = { from: item, to: item + 1 };
  return rowsOf([[range, await tableOf(matrix, range, params, context)]], products, params, context);
}

/** The rows of cross-sell.all-neighbours. Throws limit.rows. */
export async function allNeighbourRows(
  { limit, ...params }: Static<typeof AllNeighboursParams>,
  context: RunContext,
): Promise<readonly Row[]> {
  const { products, matrix } = await heldNow(context);
  const ranges = balancedRanges(pairWork(matrix), THREADS);
  const tables = await Promise.all(
    ranges.map(async (range) => [range, await tableOf(matrix, range, params, context)] as const),
  );
  const total = tables.reduce((sum, [, { items }]) => sum + items.length, 0);
  if (total > limit) context.cut(`limit: the first ${limit} of ${total} rows`);
  return rowsOf(tables, products, params, context, limit);
}

async function heldNow(context: RunContext) {
  const { products, matrices } = await heldOnDays(context, [context.asOf]);
  return { products, matrix: matrices[0]! };
}

type Table = Neighbours & { readonly leftOut: number };

function tableOf(
  matrix: Matrix,
  range: Range,
  { most, heaviest, ...asked }: NeighboursAsked,
  { compute }: RunContext,
): Promise<Table> {
  return compute('neighbours', { matrix, range, model: modelOf(asked), most, heaviest });
}

function modelOf({ model, alpha, beta }: Pick<NeighboursAsked, 'model' | 'alpha' | 'beta'>): Model {
  return model === 'cosine' ? COSINE : rp3beta(alpha, beta);
}

async function rowsOf(
  tables: readonly (readonly [Range, Table])[],
  products: readonly string[],
  { model, heaviest }: NeighboursAsked,
  context: RunContext,
  limit = Infinity,
): Promise<readonly Row[]> {
  const leftOut = tables[0]?.[1].leftOut ?? 0;
  if (leftOut > 0)
    context.say(`customers with more than ${heaviest} products, from whom nothing was learned: ${leftOut}`);
  const rows: {
    readonly productId: string;
    readonly neighbour: string;
    readonly rank: number;
    readonly weight: number;
  }[] = [];
  for (const [{ from }, { offsets, items, weights }] of tables)
    for (let i = 0; i < offsets.length - 1; i++)
      for (let at = offsets[i]!; at < offsets[i + 1]! && rows.length < limit; at++) {
        const rank = at - offsets[i]! + 1;
        rows.push({ productId: products[from + i]!, neighbour: products[items[at]!]!, rank, weight: weights[at]! });
      }
  const ids = new Set(rows.flatMap(({ productId, neighbour }) => [productId, neighbour]));
  const nameOf = await namesOf('product', [...ids], context);
  return rows.map((row) => ({
    ...row,
    productName: nameOf(row.productId),
    neighbourName: nameOf(row.neighbour),
    model,
  }));
}
