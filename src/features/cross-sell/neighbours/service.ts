import type { Static } from 'typebox';
import type { RunContext } from '../../../analysis/define.ts';
import type { Batch } from '../../../data/warehouse/port.ts';
import type { Range } from '../../../lib/co-occurrence/count-pairs.ts';
import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { COSINE, type Model, rp3beta } from '../../../lib/recommend/models.ts';
import { neighbourRanges, type Neighbours } from '../../../lib/recommend/neighbours.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { heldOnDays } from '../held-on-days.ts';
import { namesOf } from '../rules/names.ts';
import {
  NeighbourRow,
  NO_NEIGHBOURS,
  type AllNeighboursParams,
  type NeighboursAsked,
  type NeighboursParams,
} from './model.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows of a batch, or a few more. */
const BATCH = 2_048;
const FIELDS = Object.keys(NeighbourRow.properties) as (keyof Static<typeof NeighbourRow>)[];

/** The rows of cross-sell.neighbours. Throws limit.rows. */
export async function neighbourRows(
  params: Static<typeof NeighboursParams>,
  context: RunContext,
): Promise<readonly Row[]> {
  const { products, matrix } = await heldNow(context);
  const item = numberOf(products, params.productId);
  if (item < 0) return [];
  const range = { from: item, to: item + 1 };
  const table = await tableOf(matrix, range, params, context);
  sayHeavy(table.leftOut, params, context);
  const places = Array.from(table.items.keys());
  const nameOf = await namesOf('product', [params.productId, ...idsAt(table, products)], context);
  return places.map((at) => rowAt({ range, table, products, nameOf, ...params }, 0, at));
}

/** The same of all products, row by row. Throws limit.rows. */
export async function allNeighbours(
  params: Static<typeof AllNeighboursParams>,
  context: RunContext,
): Promise<AsyncIterable<Batch>> {
  const { products, matrix } = await heldNow(context);
  const ranges = neighbourRanges(matrix);
  const tables = await Promise.all(
    ranges.map(async (range) => ({ range, table: await tableOf(matrix, range, params, context) })),
  );
  const total = tables.reduce((sum, { table }) => sum + table.items.length, 0);
  sayHeavy(tables[0]?.table.leftOut ?? 0, params, context);
  if (total === 0) context.say(NO_NEIGHBOURS);
  const nameOf = await namesOf('product', products, context);
  return batchesOf(tables.map((part) => ({ ...part, products, nameOf, ...params })));
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

function sayHeavy(customers: number, { heaviest }: NeighboursAsked, { say }: RunContext): void {
  if (customers > 0) say(`customers with more than ${heaviest} products, from whom nothing was learned: ${customers}`);
}

function idsAt({ items }: Table, products: readonly string[]): string[] {
  return Array.from(items, (item) => products[item]!);
}

type Part = Pick<NeighboursAsked, 'model'> & {
  readonly range: Range;
  readonly table: Table;
  readonly products: readonly string[];
  readonly nameOf: (id: string) => string | null;
};

/** The neighbour at a place of the table, of the n-th product of its range. */
function rowAt({ range, table, products, nameOf, model }: Part, n: number, at: number) {
  const { offsets, items, weights } = table;
  const [productId, neighbour] = [products[range.from + n]!, products[items[at]!]!];
  const names = { productName: nameOf(productId), neighbourName: nameOf(neighbour) };
  return { productId, neighbour, ...names, rank: at - offsets[n]! + 1, weight: weights[at]!, model };
}

async function* batchesOf(parts: readonly Part[]): AsyncGenerator<Batch> {
  for (const part of parts) {
    const { offsets } = part.table;
    let rows: ReturnType<typeof rowAt>[] = [];
    for (let n = 0; n < offsets.length - 1; n++) {
      for (let at = offsets[n]!; at < offsets[n + 1]!; at++) rows.push(rowAt(part, n, at));
      if (rows.length < BATCH && n < offsets.length - 2) continue;
      yield await Promise.resolve(batchOf(rows));
      rows = [];
    }
  }
}

function batchOf(rows: readonly Static<typeof NeighbourRow>[]): Batch {
  return { rowCount: rows.length, columns: FIELDS.map((field) => rows.map((row) => row[field])) };
}
