import type { Dialect } from './dialect.ts';
import { id, join, nothing, sql, trusted } from './sql.ts';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

export const duckdbDialect: Dialect = Object.freeze({
  engine: 'duckdb',
  insertion: 'returning',
  quote,
  // Names are compared without regard to case, and kept as they are written.
  fold: (name: string) => name,
  name: quote,
  literal: (text: string) => `'${text.replaceAll("'", "''")}'`,
  // Half a surrogate pair is in no stored text, and the engine's JSON reader refuses it.
  idList: (ids: readonly string[]) =>
    sql`(select unnest(cast(cast(${JSON.stringify(ids.map((one) => one.toWellFormed()))} as json) as varchar[])) as id)`,
  rows(columns, json) {
    const list = columns.map(
      ({ name, type }, i) => sql`cast(r[${trusted(String(i + 1))}] as ${trusted(type)}) as ${id(name)}`,
    );
    return sql`(select ${join(list, ', ')} from (select unnest(cast(cast(${json} as json) as varchar[][])) as r))`;
  },
  contains: (column, text) => sql`contains(lower(${column}), lower(${text}))`,
  // count(distinct) keeps all pairs of group and value in one table: of 20 M rows in 1 M groups five times slower.
  countDistinct(value, where) {
    const filter = where === undefined ? nothing : sql` filter (where ${where})`;
    return sql`cast(coalesce(list_unique(list(${value})${filter}), 0) as bigint)`;
  },
  countPacked(packed, { from, bits, where }) {
    const part = trusted(
      `case when p & ${where} = ${where} then cast((p >> ${from}) & ${2 ** bits - 1} as integer) end`,
    );
    return sql`cast(coalesce(list_unique(list_transform(list(${packed}), lambda p: ${part})), 0) as bigint)`;
  },
  finite: (column) => sql`case when isfinite(${column}) then ${column} end`,
});
