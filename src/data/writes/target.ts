import { CORE_TABLES } from '../catalog/core-tables.ts';
import type { Catalog, CoreTableName } from '../catalog/model.ts';
import { printAddress, type CompileContext } from '../sql/compile.ts';
import { AppError } from '../../lib/app-error.ts';

/** One column of a core table as a write names it. `physical` is undefined for an expression, which cannot be written. */
export type TargetColumn = {
  readonly name: string;
  readonly physical: string | undefined;
  /** What values are cast to. A text has no length: Snowflake would cut to it what is too long, and so refuses it. */
  readonly engineType: string;
};

/** A core table that can be written: where its rows are, and which of its columns are plain columns there. */
export type Target = {
  readonly table: CoreTableName;
  /** Printed, quoted address. */
  readonly address: string;
  readonly key: TargetColumn & { readonly physical: string };
  readonly columns: ReadonlyMap<string, TargetColumn>;
  /** The column that names the tenant, when ISOLATION=column. */
  readonly tenantColumn: string | undefined;
};

/** Whether rows of a core table can be written at all: managed and mapped tables can, derived ones and files cannot. */
export function isWritable(catalog: Catalog, table: CoreTableName): boolean {
  const found = catalog.tables.get(table);
  const key = found?.columns.find(({ name }) => name === CORE_TABLES[table].key);
  return found?.source.kind === 'table' && key?.source.kind === 'column';
}

/** Throws catalog.read_only when the table is derived or a file, or its key is an expression. */
export function targetOf(context: CompileContext, name: CoreTableName): Target {
  const { catalog, isolation } = context;
  const table = catalog.tables.get(name);
  if (table?.source.kind !== 'table' || !isWritable(catalog, name)) {
    throw new AppError('catalog.read_only', `${name} is made by the catalog of other tables and cannot be written`);
  }
  const columns = new Map(
    table.columns
      .filter(({ name: column }) => column !== 'value_kind')
      .map(({ name: column, type, engineType, source }): [string, TargetColumn] => {
        const physical = source.kind === 'column' ? source.column : undefined;
        return [column, { name: column, physical, engineType: type === 'text' ? 'varchar' : engineType }];
      }),
  );
  return {
    table: name,
    address: printAddress(table.source.path, context),
    key: columns.get(CORE_TABLES[name].key) as Target['key'],
    columns,
    tenantColumn: isolation === 'column' ? table.tenantColumn : undefined,
  };
}
