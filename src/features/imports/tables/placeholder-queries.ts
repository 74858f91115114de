import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { Column } from '../../../data/warehouse/port.ts';
import { rowsOf, stillIn } from './queries.ts';
import { placeOf, sampleColumns, sumOfLines } from './report-queries.ts';
import type { Reference } from './rules.ts';

const quoteName = duckdbDialect.quote;
const missingOf = ({ table }: Reference) => quoteName(`missing ${table}`);

/** What relationships that are left refer to and what is not there: one row per id, with the rows and source lines that name it. */
export function findMissing(reference: Reference, sourceLines: string | undefined): string {
  const { column, table } = reference;
  return [
    `create temp table ${missingOf(reference)} as`,
    `select cast(c.${column} as varchar) as id, count(*) as row_count, ${sumOfLines(sourceLines)} as line_count`,
    `from ${rowsOf('customer_products')} c`,
    `where ${stillIn('customer_products')}`,
    `  and not exists (select 1 from ${table} r where r.${column} = cast(c.${column} as varchar))`,
    'group by 1',
  ].join('\n');
}

export function storePlaceholders(reference: Reference): string {
  const { column, table } = reference;
  return `insert into ${table} (${column}) select id from ${missingOf(reference)} order by id`;
}

export function countMissing(reference: Reference): string {
  return `select coalesce(sum(row_count), 0), sum(line_count) from ${missingOf(reference)}`;
}

export function mostMissing(reference: Reference, samples: number): string {
  return `select id from ${missingOf(reference)} order by row_count desc, id limit ${samples}`;
}

/** The first rows that name a placeholder: place, then every column as text. */
export function sampleMissing(reference: Reference, columns: readonly Column[], samples: number): string {
  return [
    `select ${placeOf('customer_products', 'c.rowid')} as place, ${sampleColumns(columns)}`,
    `from ${rowsOf('customer_products')} c`,
    `join ${missingOf(reference)} m on m.id = cast(c.${reference.column} as varchar)`,
    `where ${stillIn('customer_products')}`,
    `order by c.rowid limit ${samples}`,
  ].join('\n');
}

export function dropMissing(reference: Reference): string {
  return `drop table ${missingOf(reference)}`;
}
