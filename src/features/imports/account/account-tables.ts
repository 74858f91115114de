import { CORE_TABLE_NAMES, CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import { ATTRIBUTE_TYPES } from '../../../data/catalog/ddl.ts';
import { managedTable } from '../../../data/catalog/managed-tables.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import { snowflakeDialect } from '../../../data/sql/snowflake-dialect.ts';
import { ourName } from '../../../data/sql/snowflake-names.ts';
import type { Column, TableDescription } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';

/** A core table as the account has it. */
export type AccountTable = {
  /** Under our names, with the types that DuckDB has for them. */
  readonly columns: readonly Column[];
  /** Under our names, as the account describes them. */
  readonly accountColumns: ReadonlyMap<string, Column>;
};
export type AccountTables = ReadonlyMap<CoreTableName, AccountTable>;

/**
 * The core tables that are there, among all that the account has. Throws `import.failed` for a table of such a name that
 * is none of ours: an import would take its rows away.
 */
export function accountTables(all: readonly TableDescription[]): AccountTables {
  const found = CORE_TABLE_NAMES.flatMap((name) => {
    const table = managedTable(name, all, snowflakeDialect);
    if (table === undefined) return [];
    const columns = table.columns.map((column) => ({ ...column, name: ourName(column.name) }));
    const missing = CORE_TABLES[name].columns.find((core) => !columns.some((column) => column.name === core.name));
    if (table.kind === 'view') throw notOurs(name, 'is a view');
    if (missing !== undefined) throw notOurs(name, `has no column ${missing.name}`);
    const accountColumns = new Map(columns.map((column) => [column.name, column]));
    return [[name, { columns: columns.map((column) => typed(name, column)), accountColumns }] as const];
  });
  return new Map(found);
}

/** Types are compared and checked as DuckDB spells them: an account says NUMBER(38,0) where we made a BIGINT. */
export function duckdbType({ type, engineType }: Pick<Column, 'type' | 'engineType'>): string {
  const scale = /\((\d+), ?(\d+)\)$/.exec(engineType);
  return type === 'decimal' && scale !== null ? `DECIMAL(${scale[1]},${scale[2]})` : ATTRIBUTE_TYPES[type];
}

function typed(table: CoreTableName, { name, type, engineType }: Column): Column {
  const core = CORE_TABLES[table].columns.find((column) => column.name === name);
  // A table of DuckDB says VARCHAR where ours was made as VARCHAR(50).
  if (core !== undefined) return { name, type: core.type, engineType: duckdbType(core) };
  return { name, type, engineType: duckdbType({ type, engineType }) };
}

function notOurs(name: CoreTableName, why: string): AppError {
  const place = `the schema that SNOWFLAKE_SCHEMA names has a ${name} of its own, which ${why}`;
  return new AppError(
    'import.failed',
    `${place}: an import would take its rows away. Name another schema, or rename it`,
  );
}
