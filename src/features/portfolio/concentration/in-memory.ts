import type { RunContext } from '../../../analysis/define.ts';
import { periodOf, type Period } from '../../../analysis/period.ts';
import type { Population } from '../../../analysis/population.ts';
import { decimalValue } from '../../../lib/decimal-value.ts';
import { categoriesOf } from '../categories-of.ts';
import { centsBy, moneySnapshot, revenueOf } from '../cents-by.ts';

type Row = Readonly<Record<string, unknown>>;

/** The rows of `portfolioConcentration` from the relationships in memory; undefined where SQL has to answer. */
export async function concentrationInMemory(
  params: Population & Partial<Period>,
  context: RunContext,
): Promise<readonly Row[] | undefined> {
  const snapshot = moneySnapshot(params, context);
  if (snapshot === undefined) return undefined;
  const sums = await centsBy(snapshot, context.asOf, revenueOf(snapshot, periodOf(params, context.asOf)));
  const categoryOf = await categoriesOf(params, context);
  if (sums === undefined || categoryOf === undefined) return undefined;
  const categories = byCategory(snapshot.products, sums.product, categoryOf);
  const amounts = { categories, customers: sums.customer, products: sums.product };
  const rows: Row[] = [];
  // By name, so that dimensions of as many items stay in that order.
  for (const [dimension, cents] of Object.entries(amounts)) rows.push(...(await rowOf(dimension, cents, context)));
  return rows.sort((a, b) => Number(b['items']) - Number(a['items']));
}

async function rowOf(dimension: string, cents: Float64Array, { compute }: RunContext): Promise<Row[]> {
  const found = await compute('concentration', cents);
  if (found === undefined) return [];
  const { total, ...figures } = found;
  return [{ dimension, value: decimalValue(BigInt(total), 2), ...figures }];
}

/** What products bring, by category; what has none, and ids that no product has, are one. */
function byCategory(
  products: readonly string[],
  cents: Float64Array,
  categoryOf: ReadonlyMap<string, string | null>,
): Float64Array {
  const sums = new Map<string | null, number>();
  for (const [product, id] of products.entries()) {
    const category = categoryOf.get(id) ?? null;
    if (!Number.isNaN(cents[product])) sums.set(category, (sums.get(category) ?? 0) + cents[product]!);
  }
  return Float64Array.from(sums.values());
}
