import type { SqlKit } from '../../analysis/define.ts';
import { columns, sql, type Sql } from '../../data/sql/sql.ts';

/** One row per relationship of a customer with a product. */
export function allRelationships(_: unknown, { t }: SqlKit): Sql {
  return sql`select ${columns(t.customerProducts, 'r')} from ${t.customerProducts} r`;
}
