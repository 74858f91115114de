import type { Dialect } from '../sql/dialect.ts';
import { join, sql, type Sql } from '../sql/sql.ts';

/** So many ids are looked up in an index (DuckDB 1.5.5, 0.1 ms each); for more it reads the column once (50 ms a million). */
const BY_INDEX = 128;

/** That a column is one of these ids. Few are bound one by one, for which DuckDB looks into an index of the column. */
export function oneOf(dialect: Dialect, column: Sql, ids: readonly string[]): Sql {
  const distinct = [...new Set(ids)];
  if (distinct.length > BY_INDEX) return sql`${column} in (select i.id from ${dialect.idList(distinct)} i)`;
  // Filled up to a power of two, so that there are few different statements.
  const size = 2 ** Math.ceil(Math.log2(distinct.length));
  const values = Array.from({ length: size }, (_, i) => sql`${distinct[i] ?? distinct[0]!}`);
  return sql`${column} in (${join(values, ', ')})`;
}
