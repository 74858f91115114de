import type { SqlKit } from '../../analysis/define.ts';
import { columns, sql, type Sql } from '../../data/sql/sql.ts';

/** One row per product. */
export function allProducts(_: unknown, { t }: SqlKit): Sql {
  return sql`select ${columns(t.products, 'p')} from ${t.products} p`;
}
