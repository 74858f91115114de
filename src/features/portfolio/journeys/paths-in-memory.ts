import type { Static } from 'typebox';
import type { RunContext } from '../../../analysis/define.ts';
import { productsAsked } from '../../../analysis/population.ts';
import { dayNumber } from '../../../analysis/snapshot/holdings.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import { sql } from '../../../data/sql/sql.ts';
import { compareText } from '../../../lib/compare-text.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import type { Turns } from '../../../lib/turns.ts';
import { countPaths, itemsOf } from './count-paths.ts';
import { firstSteps, NONE } from './first-steps.ts';
import type { AdoptionPathsParams } from './model.ts';
import { pathRow } from './service.ts';
import { cohortOf } from './starts.ts';
import { isFilter } from './whole-snapshot.ts';

type Asked = Static<typeof AdoptionPathsParams>;

/** The rows of the answer from the relationships in memory; undefined when there are too many products to number. */
export async function adoptionPathsInMemory(
  snapshot: Snapshot,
  params: Asked,
  context: RunContext,
  turn: Turns,
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const { from, to } = cohortOf(params, context.asOf);
  const items = await itemsAsked(snapshot, params, context);
  if (items === undefined) return undefined;
  const width = params.length + 1;
  const days = { asOf: dayNumber(context.asOf), from: dayNumber(from), to: dayNumber(to) };
  const asked = { items: items.ofProduct, itemCount: items.ids.length, ...days, width };
  const steps = await firstSteps(snapshot, asked, turn);
  const { paths, everybody } = await countPaths(steps, { ...params, width }, turn);
  return paths.map((path) => {
    const names = itemsOf(path).map((item) => items.ids[item]!);
    return pathRow({ path: names, customers: path.customers, continued: path.continued, everybody });
  });
}

type Items = { readonly ids: readonly string[]; readonly ofProduct: Int32Array };

/** Products of which the rows are read at most. */
const MANY_PRODUCTS = 200_000;

/** The items in the order of their ids, and the item of each product. */
async function itemsAsked(snapshot: Snapshot, params: Asked, context: RunContext): Promise<Items | undefined> {
  const { products } = snapshot;
  if (params.grain === 'product' && !isFilter(params.product))
    return { ids: products, ofProduct: Int32Array.from(products, (_, i) => i) };
  const asked = productsAsked(params, context);
  const where = asked === undefined ? sql`1 = 1` : sql`p.product_id in (${asked})`;
  const rows = await context.queryFew(
    sql`select p.product_id, p.product_category from ${context.t.products} p where ${where}`,
    MANY_PRODUCTS,
  );
  return rows && itemsOfProducts(products, rows as readonly ProductRow[], params.grain);
}

type ProductRow = { readonly productId: string; readonly productCategory: string | null };

function itemsOfProducts(products: readonly string[], rows: readonly ProductRow[], grain: Asked['grain']): Items {
  const idOf = (row: ProductRow) => (grain === 'product' ? row.productId : row.productCategory);
  const ids = [...new Set(rows.flatMap((row) => idOf(row) ?? []))].sort(compareText);
  const ofProduct = new Int32Array(products.length).fill(NONE);
  for (const row of rows) {
    const product = numberOf(products, row.productId);
    const item = idOf(row);
    if (product >= 0 && item !== null) ofProduct[product] = numberOf(ids, item);
  }
  return { ids, ofProduct };
}
