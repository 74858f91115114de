import type { SqlKit } from '../../analysis/define.ts';
import { columns, sql, type Sql } from '../../data/sql/sql.ts';

/** One row per customer. */
export function allCustomers(_: unknown, { t }: SqlKit): Sql {
  return sql`select ${columns(t.customers, 'c')} from ${t.customers} c`;
}
