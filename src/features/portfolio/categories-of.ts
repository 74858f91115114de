import type { RunContext } from '../../analysis/define.ts';
import { isProductAsked, type Population } from '../../analysis/population.ts';
import { sql } from '../../data/sql/sql.ts';

/** Products of which more is read, or handed over, than their number. */
export const MANY_PRODUCTS = 200_000;

/** The category of each product with a row that is asked about; undefined when there are more than MANY_PRODUCTS. */
export async function categoriesOf(
  params: Population,
  context: RunContext,
): Promise<Map<string, string | null> | undefined> {
  const rows = (await context.queryFew(
    sql`select p.product_id, p.product_category from ${context.t.products} p where ${isProductAsked(sql`p.product_id`, params, context)}`,
    MANY_PRODUCTS,
  )) as readonly { readonly productId: string; readonly productCategory: string | null }[] | undefined;
  return rows && new Map(rows.map(({ productId, productCategory }) => [productId, productCategory]));
}
