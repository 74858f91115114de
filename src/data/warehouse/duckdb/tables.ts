import { foldTables } from '../fold-tables.ts';
import type { TableDescription } from '../port.ts';
import type { Collected } from './collect.ts';
import { wireTypeOf } from './columns.ts';

/** One row per column of every table and view of the database, our own bookkeeping left out, tables in the order of their names. */
export const TABLE_COLUMNS_SQL = `
select c.schema_name, c.table_name, t.estimated_size, t.table_name is null, c.column_name, c.data_type, c.is_nullable
from duckdb_columns() c
left join duckdb_tables() t
  on t.database_oid = c.database_oid and t.schema_oid = c.schema_oid and t.table_oid = c.table_oid
where c.database_name = current_database() and not c.internal and c.schema_name <> 'service'
order by c.schema_name, c.table_name, c.column_index`;

/** Folds the rows of TABLE_COLUMNS_SQL into one description per table. */
export function describeTables(rows: Collected): readonly TableDescription[] {
  return foldTables(rows, 'main', ([size, isView, name, engineType, isNullable]) => ({
    table: isView === true ? { kind: 'view' } : { kind: 'table', rowCount: Number(size) },
    column: {
      name: name as string,
      type: wireTypeOf(engineType as string),
      engineType: engineType as string,
      isNullable: isNullable === true,
    },
  }));
}
