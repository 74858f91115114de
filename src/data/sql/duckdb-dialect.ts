import type { Dialect } from './dialect.ts';
import { sql } from './sql.ts';

export const duckdbDialect: Dialect = Object.freeze({
  engine: 'duckdb',
  quote: (name: string) => `"${name.replaceAll('"', '""')}"`,
  // Half a surrogate pair is in no stored text, and the engine's JSON reader refuses it.
  idList: (ids: readonly string[]) =>
    sql`(select unnest(cast(cast(${JSON.stringify(ids.map((one) => one.toWellFormed()))} as json) as varchar[])) as id)`,
  contains: (column, text) => sql`contains(lower(${column}), lower(${text}))`,
  finite: (column) => sql`case when isfinite(${column}) then ${column} end`,
});
