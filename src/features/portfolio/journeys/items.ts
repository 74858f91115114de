import type { RunContext } from '../../../analysis/define.ts';
import { areAllProducts, isProductAsked, type Population } from '../../../analysis/population.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import { sql } from '../../../data/sql/sql.ts';
import { compareText } from '../../../lib/compare-text.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import type { Grain } from './model.ts';

/** Products or categories as numbers, in the order of their ids. */
export type Items = {
  readonly ids: readonly string[];
  readonly ofProduct: Int32Array /* by number of the product; NONE for those that are not asked about */;
};

/** No item. */
export const NONE = -1;

type Asked = Population & { readonly grain: Grain };

/** Products of which the rows are read at most. */
const MANY_PRODUCTS = 200_000;

/** The items that are asked about; undefined when there are too many products to number. */
export async function itemsAsked(
  { products }: Snapshot,
  params: Asked,
  context: RunContext,
): Promise<Items | undefined> {
  if (params.grain === 'product' && areAllProducts(params))
    return { ids: products, ofProduct: Int32Array.from(products, (_, i) => i) };
  const rows = await context.queryFew(
    sql`select p.product_id, p.product_category from ${context.t.products} p where ${isProductAsked(sql`p.product_id`, params, context)}`,
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
