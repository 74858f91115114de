import type { RunContext } from '../../../analysis/define.ts';
import { sql } from '../../../data/sql/sql.ts';

/** Says the name of an item: that of the product, null when none has the id; a category is its own name. */
export async function namesOf(
  grain: 'product' | 'category',
  ids: readonly string[],
  { query, t, d }: RunContext,
): Promise<(id: string) => string | null> {
  if (grain === 'category') return (id) => id;
  const known = await query(sql`select p.product_id, p.product_name
from ${t.products} p
where p.product_id in (select l.id from ${d.idList([...new Set(ids)])} l)`);
  const names = new Map(known.map(({ productId, productName }) => [productId, productName as string | null]));
  return (id) => names.get(id) ?? null;
}
