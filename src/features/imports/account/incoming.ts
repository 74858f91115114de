import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import { snowflakeDialect } from '../../../data/sql/snowflake-dialect.ts';
import { id, sql, type Sql } from '../../../data/sql/sql.ts';
import type { Column, Writer } from '../../../data/warehouse/port.ts';
import { rowsOf } from '../tables/queries.ts';
import { recordsOf } from '../tables/table-report.ts';
import type { Comparison } from './needed.ts';

/** Up to so many values the account is asked for the rows that have them; for more, all rows are read. */
const MOST_VALUES = 20_000;
const VALUES_AT_ONCE = 10_000;

/**
 * Conditions on stored rows (alias `t`) that together find every stored row that could be compared with one that comes in. Undefined when they
 * would be many, or when values are not compared as texts.
 */
export async function conditionsOf(
  writer: Writer,
  comparisons: readonly Comparison[],
  stored: readonly Column[],
): Promise<readonly Sql[] | undefined> {
  const conditions: Sql[] = [];
  for (const { column, rowsOf: table, incoming } of comparisons) {
    if (stored.find(({ name }) => name === column)?.type !== 'text') return undefined;
    const rows = rowsOf(table);
    const given = (await writer.query(`select * from ${rows} limit 0`)).schema;
    const found = given.find(({ name }) => name.toLowerCase() === incoming);
    // Without it the import stops by itself.
    if (found === undefined) continue;
    const value = `cast(${duckdbDialect.quote(found.name)} as varchar)`;
    const select = `select distinct ${value} as value from ${rows} limit ${MOST_VALUES + 1}`;
    const values = recordsOf(await writer.query(select)).map(([one]) => one as string | null);
    if (values.length > MOST_VALUES) return undefined;
    conditions.push(...conditionsOn(sql`t.${id(column)}`, values));
  }
  return conditions;
}

function conditionsOn(column: Sql, values: readonly (string | null)[]): Sql[] {
  const texts = values.filter((value) => value !== null);
  const conditions: Sql[] = texts.length < values.length ? [sql`${column} is null`] : [];
  for (let from = 0; from < texts.length; from += VALUES_AT_ONCE) {
    const ids = snowflakeDialect.idList(texts.slice(from, from + VALUES_AT_ONCE));
    conditions.push(sql`${column} in (select i.id from ${ids} i)`);
  }
  return conditions;
}
