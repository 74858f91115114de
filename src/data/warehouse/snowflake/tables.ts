import { foldTables } from '../fold-tables.ts';
import type { Batch, Column, TableDescription, Value, WireType } from '../port.ts';

/**
 * One row per column of every table and view of the database, but of INFORMATION_SCHEMA and of one schema more (the
 * service's own), in the order of their names. A table without a column that the role may see is not there.
 */
export const TABLE_COLUMNS_SQL = `select t.table_schema, t.table_name, t.table_type, t.row_count, c.column_name, c.data_type, c.is_nullable, c.numeric_precision, c.numeric_scale
from information_schema.tables t
join information_schema.columns c
  on c.table_schema = t.table_schema and c.table_name = t.table_name
where t.table_schema <> 'INFORMATION_SCHEMA' and t.table_schema <> ?
order by t.table_schema nulls last, t.table_name nulls last, c.ordinal_position nulls last`;

/** Folds the rows of TABLE_COLUMNS_SQL into one description per table; those of `defaultSchema` are named without it. */
export function describeTables(rows: Batch, defaultSchema: string): readonly TableDescription[] {
  return foldTables(rows, defaultSchema, ([type, rowCount, ...column]) => {
    const kind = textOf(type).includes('VIEW') ? 'view' : 'table';
    const [name, dataType, isNullable, precision, scale] = column.map(textOf);
    return {
      table: { kind, rowCount: kind === 'view' || rowCount === null ? undefined : Number(rowCount) },
      column: { ...columnOf(name!, dataType!, precision!, scale!), isNullable: isNullable === 'YES' },
    };
  });
}

/** Names and types are texts, numbers of a column's type small integers. */
function textOf(value: Value | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}

function columnOf(name: string, dataType: string, precision: string, scale: string): Column {
  if (dataType !== 'NUMBER') return { name, type: WIRE_TYPES[dataType] ?? 'text', engineType: dataType };
  return { name, type: scale === '0' ? 'integer' : 'decimal', engineType: `NUMBER(${precision},${scale})` };
}

/** Types of INFORMATION_SCHEMA.COLUMNS; what is not here is text on the wire. */
const WIRE_TYPES: Readonly<Record<string, WireType>> = {
  FLOAT: 'double',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIMESTAMP_NTZ: 'timestamp',
  TIMESTAMP_LTZ: 'timestamp',
  TIMESTAMP_TZ: 'timestamp',
  VARIANT: 'json',
  OBJECT: 'json',
  ARRAY: 'json',
  MAP: 'json',
  GEOGRAPHY: 'json',
  GEOMETRY: 'json',
  VECTOR: 'json',
};
