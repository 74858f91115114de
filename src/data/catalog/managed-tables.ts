import type { Dialect } from '../sql/dialect.ts';
import type { TableDescription } from '../warehouse/port.ts';
import { CORE_TABLE_NAMES, CORE_TABLES } from './core-tables.ts';
import type { CoreTableName } from './model.ts';
import { invalidCatalog, quoted } from './problems.ts';

type Tables = readonly TableDescription[];

/**
 * The table of this name that the service itself keeps, among those that were listed; undefined when it is not there.
 * Throws `catalog.invalid` where upper and lower case make two names, and only the other one is there: ours would be made
 * beside it, and nobody could tell the two apart.
 */
export function managedTable(name: CoreTableName, tables: Tables, dialect: Dialect): TableDescription | undefined {
  const alike = tables.filter(({ path }) => path.length === 1 && path[0]!.toLowerCase() === name);
  const own = alike.find(({ path }) => dialect.engine === 'duckdb' || path[0] === dialect.fold(name));
  if (own !== undefined || alike.length === 0) return own;
  const other = quoted(alike[0]!.path[0]!);
  throw invalidCatalog([
    `the service keeps ${name} in ${dialect.fold(name)}, and there is a table ${other} instead: rename it to ${dialect.fold(name)}`,
  ]);
}

/** Those that are not there. */
export function missingTables(tables: Tables, dialect: Dialect): readonly CoreTableName[] {
  return CORE_TABLE_NAMES.filter((name) => managedTable(name, tables, dialect) === undefined);
}

/** The tables as they are once those that are missing were made. */
export function withManagedTables(tables: Tables, dialect: Dialect): Tables {
  const made = missingTables(tables, dialect).map((table): TableDescription => {
    const columns = CORE_TABLES[table].columns.map(({ name, type, engineType, isRequired }) => ({
      name: dialect.fold(name),
      type,
      engineType,
      isNullable: isRequired !== true,
    }));
    return { path: [dialect.fold(table)], kind: 'table', columns };
  });
  return [...tables, ...made];
}
