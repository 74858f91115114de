import type { RunContext } from '../../../analysis/define.ts';
import { sql } from '../../../data/sql/sql.ts';
import type { Grain } from './model.ts';

type Row = Readonly<Record<string, unknown>>;

/** The rows, which have an `itemId`, with `itemName`. */
export async function withNames(
  rows: readonly Row[],
  { grain }: { readonly grain: Grain },
  { query, t, d }: RunContext,
): Promise<readonly Row[]> {
  if (grain === 'category') return rows.map((row) => ({ ...row, itemName: row['itemId'] }));
  const ids = rows.map((row) => String(row['itemId']));
  const known = await query(sql`select p.product_id, p.product_name
from ${t.products} p
where p.product_id in (select l.id from ${d.idList(ids)} l)`);
  const names = new Map(known.map(({ productId, productName }) => [productId, productName]));
  return rows.map((row) => ({ ...row, itemName: names.get(row['itemId']) ?? null }));
}
