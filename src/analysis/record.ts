import type { Statement } from '../data/sql/compile.ts';
import { id, join, sql } from '../data/sql/sql.ts';
import type { Rows, Value } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import { canonicalJson, shortHash } from '../lib/canonical-json.ts';
import type { Field } from './columns.ts';
import type { Analysis } from './define.ts';
import { compileFor, kitFor, type Engine } from './engine.ts';
import { filterCondition } from './filter.ts';

/** One row of a list by its key: values by field name, and the ETag of the canonical row. */
export type StoredRecord = { readonly values: ReadonlyMap<string, Value>; readonly etag: string };

/** Reads the row of a list that has this key. */
export function recordStatement(engine: Engine, tenant: Tenant, analysis: Analysis, key: string): Statement {
  const fields = engine.fieldsOf(analysis);
  const keyField = fields.find(({ field }) => field === analysis.record!.param)!;
  const inner = analysis.sql!({}, kitFor(engine, ''));
  const selected = join(
    fields.map(({ column }) => sql`q.${id(column)}`),
    ', ',
  );
  const filter = { field: keyField, operator: 'eq', values: [key] } as const;
  const condition = filterCondition(filter, engine.warehouse.dialect);
  return compileFor(engine, tenant, sql`select ${selected}\nfrom (${inner}) q\nwhere ${condition}\nlimit 1`);
}

/** The first row of `recordStatement`'s answer; throws the list's 404 when there is none. */
export function recordFrom(
  engine: Engine,
  analysis: Analysis,
  key: string,
  rows: Pick<Rows, 'rowCount' | 'columns'>,
): StoredRecord {
  if (rows.rowCount === 0) throw missingRecord(analysis, key);
  return storedRecord(valuesAt(engine.fieldsOf(analysis), rows.columns, 0));
}

/** The values of one row by field; the columns are those of the fields. */
export function valuesAt(fields: readonly Field[], columns: Rows['columns'], row: number): StoredRecord['values'] {
  return new Map(fields.map(({ field }, c) => [field, columns[c]![row]!]));
}

export function storedRecord(values: StoredRecord['values']): StoredRecord {
  return { values, etag: `"${shortHash(canonicalJson([...values]))}"` };
}

export function missingRecord({ record }: Analysis, key: string): AppError {
  const { missing } = record!;
  return new AppError(missing, `there is no ${missing.split('.')[0]} ${JSON.stringify(key.slice(0, 100))}`);
}
