import type { RunContext } from '../../../analysis/define.ts';
import { productsAsked, type Population } from '../../../analysis/population.ts';
import type { Sql } from '../../../data/sql/sql.ts';
import { ownersOfColumn, regrouped, type Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { compareText } from '../../../lib/compare-text.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { turnsOf } from '../../../lib/turns.ts';
import type { HeldOnDays } from '../held-on-days.ts';
import { categoriesOfProducts } from '../pairs/queries.ts';

/** What may be offered, and who had it on the days. */
export type HeldItems = {
  readonly customers: readonly string[];
  readonly matrices: readonly Matrix[];
  /** Per item: 1 when somebody had it by the last day, and it is asked about. */
  readonly eligible: Uint8Array;
};

type Asked = Population & { readonly grain: 'product' | 'category' };

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/** Products, or categories of them. */
export async function heldItems(held: HeldOnDays, params: Asked, context: RunContext): Promise<HeldItems> {
  const { customers, products } = held;
  const ids = productsAsked(params, context);
  const asked = ids === undefined ? undefined : await places(ids, products, context);
  if (params.grain === 'product') return { ...held, eligible: eligibleIn(held.matrices, asked) };
  const { groupOf, groups } = await categories(products, context);
  const matrices: Matrix[] = [];
  for (const matrix of held.matrices) matrices.push(await regrouped(matrix, groupOf, groups, turnsOf(TURN_MS)));
  const inGroup = asked === undefined ? undefined : new Set([...asked].map((product) => groupOf[product]!));
  return { customers, matrices, eligible: eligibleIn(matrices, inGroup) };
}

function eligibleIn(matrices: readonly Matrix[], asked: ReadonlySet<number> | undefined): Uint8Array {
  const last = matrices.at(-1)!;
  const isOffered = (item: number) => ownersOfColumn(last, item) > 0 && (asked === undefined || asked.has(item));
  return Uint8Array.from({ length: last.columns }, (_, item) => Number(isOffered(item)));
}

async function places(ids: Sql, products: readonly string[], context: RunContext): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for await (const { columns } of await context.stream(ids))
    for (const id of columns[0]!) found.add(numberOf(products, id as string));
  found.delete(-1);
  return found;
}

/** Categories are numbered in the order of their names, so that ties are broken alike everywhere. */
async function categories(products: readonly string[], context: RunContext) {
  const categoryOf = new Map<number, string>();
  for await (const { columns } of await context.stream(categoriesOfProducts(context))) {
    const [ids, names] = columns as readonly [readonly string[], readonly string[]];
    ids.forEach((id, i) => categoryOf.set(numberOf(products, id), names[i]!));
  }
  categoryOf.delete(-1);
  const names = [...new Set(categoryOf.values())].toSorted(compareText);
  const numbers = new Map(names.map((name, i) => [name, i]));
  const groupOf = new Int32Array(products.length).fill(-1);
  for (const [product, name] of categoryOf) groupOf[product] = numbers.get(name)!;
  return { groupOf, groups: names.length };
}
