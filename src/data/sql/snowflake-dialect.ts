import type { Dialect } from './dialect.ts';
import { printedName } from './snowflake-names.ts';
import { id, join, sql, trusted } from './sql.ts';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

export const snowflakeDialect: Dialect = Object.freeze({
  engine: 'snowflake',
  insertion: 'merge',
  quote,
  fold: printedName,
  name: (name: string) => quote(printedName(name)),
  // A backslash begins an escape: https://docs.snowflake.com/en/sql-reference/data-types-text
  literal: (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  // Half a surrogate pair is in no stored text, and is no JSON.
  idList: (ids: readonly string[]) =>
    sql`(select cast(f.value as varchar) as id from table(flatten(input => parse_json(${JSON.stringify(ids.map((one) => one.toWellFormed()))}))) f)`,
  // A null of JSON that is cast to a text is a null of SQL: https://docs.snowflake.com/en/user-guide/semistructured-considerations
  rows(columns, json) {
    const list = columns.map(
      ({ name, type }, i) =>
        sql`cast(cast(f.value[${trusted(String(i))}] as varchar) as ${trusted(type)}) as ${id(name)}`,
    );
    return sql`(select ${join(list, ', ')} from table(flatten(input => parse_json(${json}))) f)`;
  },
  contains: (column, text) => sql`contains(lower(${column}), lower(${text}))`,
  countDistinct: (value, where) =>
    where === undefined ? sql`count(distinct ${value})` : sql`count(distinct case when ${where} then ${value} end)`,
  countPacked(packed, { from, bits, where }) {
    const [flags, mask, shift] = [where, 2 ** bits - 1, from].map((number) => trusted(String(number)));
    return sql`count(distinct case when bitand(${packed}, ${flags!}) = ${flags!} then bitand(bitshiftright(${packed}, ${shift!}), ${mask!}) end)`;
  },
  // NaN is greater than all other values, infinity too: https://docs.snowflake.com/en/sql-reference/data-types-numeric
  finite: (column) => sql`case when abs(${column}) < cast('inf' as double) then ${column} end`,
});
