import type { CoreTableName } from '../../../data/catalog/model.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { Column } from '../../../data/warehouse/port.ts';
import { leftOutOf, rowsOf, stillIn, storedValue } from './queries.ts';
import type { Rule, Target } from './rules.ts';

const { quote: quoteName, literal } = duckdbDialect;

/** Per rule: rows, and lines of the source that they stand for. */
export function countLeftOut(table: CoreTableName, sourceLines: string | undefined): string {
  const values = sourceLines === undefined ? '' : `join ${rowsOf(table)} c on c.rowid = l.row_id`;
  return [
    `select l.rule, count(*) as left_out, ${sumOfLines(sourceLines)} as source_lines`,
    `from ${leftOutOf(table)} l ${values}`,
    'group by l.rule order by l.rule',
  ].join('\n');
}

export function sumOfLines(sourceLines: string | undefined): string {
  return sourceLines === undefined ? 'cast(null as bigint)' : `coalesce(sum(c.${quoteName(sourceLines)}), 0)`;
}

/** Place of a row in the mapping's answer, from 1. Row ids of a table that its own transaction made start anywhere. */
export function placeOf(table: CoreTableName, rowId: string): string {
  return `${rowId} - (select min(rowid) from ${rowsOf(table)}) + 1`;
}

/** Every column as text, shortened. */
export function sampleColumns(columns: readonly Column[]): string {
  return columns.map(({ name }) => `left(cast(c.${quoteName(name)} as varchar), 200)`).join(', ');
}

/** The first rows that each rule left out: rule, place, then every column as text. */
export function sampleLeftOut(table: CoreTableName, columns: readonly Column[], samples: number): string {
  return [
    'with ranked as (',
    `  select row_id, rule, row_number() over (partition by rule order by row_id) as place from ${leftOutOf(table)}`,
    ')',
    `select r.rule, ${placeOf(table, 'r.row_id')} as place, ${sampleColumns(columns)}`,
    'from ranked r',
    `join ${rowsOf(table)} c on c.rowid = r.row_id`,
    `where r.place <= ${samples}`,
    'order by r.rule, r.row_id',
  ].join('\n');
}

/** Writes every rejected row into a file, one JSON object a line (rejects-file.ts), in the order of the mapping's answer. */
export function copyRejected(
  table: CoreTableName,
  rules: readonly Rule[],
  columns: readonly Column[],
  path: string,
): string {
  const isRejected = rules.flatMap(({ kind }, i) => (kind === 'reject' ? [i] : []));
  const reasons = isRejected.map((i) => `when ${i} then ${literal(rules[i]!.reason)}`).join(' ');
  const values = columns.map(({ name }) => `${literal(name)}: cast(c.${quoteName(name)} as varchar)`);
  return [
    'copy (',
    `  select ${literal(table)} as part, case l.rule ${reasons} end as reason, cast(null as bigint) as line,`,
    `    ${placeOf(table, 'l.row_id')} as "row", cast(null as varchar) as record, {${values.join(', ')}} as "values"`,
    `  from ${leftOutOf(table)} l`,
    `  join ${rowsOf(table)} c on c.rowid = l.row_id`,
    `  where l.rule in (${isRejected.join(', ')})`,
    '  order by l.row_id',
    `) to ${literal(path)} (format json)`,
  ].join('\n');
}

const FACT_TYPES = { start_date: 'date', end_date: 'date', value: 'decimal(15,2)' };

/** The relationships that are left, with the columns that facts are told of, as they will be stored. */
export function relationshipsLeft(targets: readonly Target[]): string {
  const columns = Object.entries(FACT_TYPES).map(([name, type]) => {
    const target = targets.find((one) => one.name === name);
    return `${target === undefined ? `cast(null as ${type})` : storedValue(target)} as ${name}`;
  });
  return `(select ${columns.join(', ')} from ${rowsOf('customer_products')} c where ${stillIn('customer_products')}) left_in`;
}

/** Facts of relationships: exact sum of value, rows without a start, rows that end before they start. */
export function relationshipFacts(from: string): string {
  return [
    'select cast(coalesce(sum(value), 0) as varchar) as value_sum,',
    '  count(*) filter (where start_date is null) as without_start,',
    '  count(*) filter (where end_date < start_date) as ends_first',
    `from ${from}`,
  ].join('\n');
}
