import type { CoreTableName } from '../../../data/catalog/model.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { Reference, Rule, Target } from './rules.ts';

const quoteName = duckdbDialect.quote;

/** SQL of an import, for DuckDB. Names of our temporary tables have blanks, so that no source can have them. */
export const rowsOf = (table: CoreTableName) => quoteName(`rows of ${table}`);
export const leftOutOf = (table: CoreTableName) => quoteName(`left out of ${table}`);

/** The answer of the mapping, kept: its row ids are the rows' order. */
export function mapRows(table: CoreTableName, select: string): string {
  return `create temp table ${rowsOf(table)} as\n${select.trim().replace(/;$/, '')}`;
}

/** Rows that a rule leaves out, with the number of the first rule that holds, from 0. */
export function leaveOut(table: CoreTableName, rules: readonly Rule[]): string {
  const cases = rules.map(({ condition }, i) => `when (\n${condition}\n) then ${i}`).join('\n');
  return [
    `create temp table ${leftOutOf(table)} as`,
    'select row_id, rule',
    `from (select c.rowid as row_id, case ${cases} else cast(null as integer) end as rule from ${rowsOf(table)} c)`,
    'where rule is not null',
  ].join('\n');
}

export const stillIn = (table: CoreTableName) =>
  `not exists (select 1 from ${leftOutOf(table)} l where l.row_id = c.rowid)`;

/** Rows whose references name no row of another table; the rule of the first such reference counts, from `firstRule`. */
export function leaveOutDangling(table: CoreTableName, firstRule: number, references: readonly Reference[]): string {
  const joins = references.map(({ column, table: other }, i) => {
    const name = quoteName(column);
    return `left join ${other} r${i} on r${i}.${name} = cast(c.${name} as varchar)`;
  });
  const isDangling = references.map(({ column }, i) => `r${i}.${quoteName(column)} is null`);
  return [
    `insert into ${leftOutOf(table)}`,
    `select c.rowid, case ${isDangling.map((condition, i) => `when ${condition} then ${firstRule + i}`).join(' ')} end`,
    `from ${rowsOf(table)} c`,
    ...joins,
    `where (${isDangling.join(' or ')}) and ${stillIn(table)}`,
  ].join('\n');
}

/**
 * Rows that are left after the first one with the same key; null is a value like others here. Keys are compared only
 * where their hashes meet: 20 M long texts would not fit where 20 M numbers do.
 */
export function leaveOutDuplicates(table: CoreTableName, rule: number, key: readonly Target[]): string {
  const names = key.map((_, i) => `k${i}`);
  const values = key.map((target, i) => `${storedValue(target)} as ${names[i]}`);
  return [
    `insert into ${leftOutOf(table)}`,
    'with sound as not materialized (',
    `  select c.rowid as row_id, ${values.join(', ')}, hash(${key.map(storedValue).join(', ')}) as key_hash`,
    `  from ${rowsOf(table)} c where ${stillIn(table)}`,
    '),',
    'near as materialized (',
    '  select * from sound where key_hash in (select key_hash from sound group by key_hash having count(*) > 1)',
    '),',
    'repeated as (',
    `  select ${names.join(', ')}, min(row_id) as first_id from near group by ${names.join(', ')} having count(*) > 1`,
    ')',
    `select n.row_id, ${rule}`,
    'from near n',
    `join repeated r on ${names.map((name) => `n.${name} is not distinct from r.${name}`).join(' and ')}`,
    'where n.row_id > r.first_id',
  ].join('\n');
}

/** Rows whose key is stored already; `except`: under another id, for rows that replace the one with theirs. */
export function leaveOutTaken(
  table: CoreTableName,
  rule: number,
  key: readonly Target[],
  except: Target | undefined,
): string {
  const isSame = key.map((target) => `t.${quoteName(target.name)} is not distinct from ${storedValue(target)}`);
  const isOther = except === undefined ? [] : [`t.${quoteName(except.name)} <> ${storedValue(except)}`];
  return [
    `insert into ${leftOutOf(table)}`,
    `select c.rowid, ${rule}`,
    `from ${rowsOf(table)} c`,
    `where ${stillIn(table)}`,
    `  and exists (select 1 from ${quoteName(table)} t where ${[...isSame, ...isOther].join(' and ')})`,
  ].join('\n');
}

/** Takes the stored rows away whose id a row that is left has. */
export function deleteReplaced(table: CoreTableName, id: Target): string {
  const ids = `select ${storedValue(id)} from ${rowsOf(table)} c where ${stillIn(table)}`;
  return `delete from ${quoteName(table)} where ${quoteName(id.name)} in (${ids})`;
}

/** Relationships are read by customer, so they lie in that order. */
const ORDER = ['customer_id', 'product_id', 'start_date', 'relationship_id'];

/** Stores what is left. */
export function storeRows(table: CoreTableName, targets: readonly Target[]): string {
  const order = ORDER.filter((column) => targets.some(({ name }) => name === column));
  return [
    `insert into ${quoteName(table)} (${targets.map(({ name }) => quoteName(name)).join(', ')})`,
    `select ${targets.map((target) => `${storedValue(target)} as ${quoteName(target.name)}`).join(', ')}`,
    `from ${rowsOf(table)} c`,
    `where ${stillIn(table)}`,
    `order by ${order.map((column) => `${column} nulls last`).join(', ')}`,
  ].join('\n');
}

export function storedValue({ name, type, engineType }: Target): string {
  const isText = type === 'text' || type === 'json';
  return `cast(c.${quoteName(name)} as ${isText ? 'varchar' : engineType})`;
}

/** `table` as it is written in a statement. */
export function countRows(table: string): string {
  return `select count(*) as row_count from ${table}`;
}

export function dropRows(table: CoreTableName): readonly string[] {
  return [`drop table ${rowsOf(table)}`, `drop table ${leftOutOf(table)}`];
}

/** Stored relationships whose customer or product is not there. */
export function countDangling(column: string, other: string): string {
  return `select count(*) as dangling from customer_products c where not exists (select 1 from ${other} o where o.${column} = c.${column})`;
}
