import type { Dialect } from '../sql/dialect.ts';
import { CORE_TABLE_NAMES, CORE_TABLES, type CoreColumn } from './core-tables.ts';
import type { Catalog, CatalogColumn, CatalogTable, CoreTableName } from './model.ts';
import { valueKindColumn, valueMeaningOf } from './value-kind.ts';

/** The three managed tables as they are without a catalog file and without a warehouse: for documentation. */
export function coreCatalog(dialect: Dialect): Catalog {
  const valueMeaning = valueMeaningOf(undefined);
  const tables = CORE_TABLE_NAMES.map((name): [string, CatalogTable] => {
    const columns = CORE_TABLES[name].columns.map((column) => coreColumn(column, dialect));
    const kinds = name === 'customer_products' ? valueKindColumn(columns, valueMeaning, dialect) : [];
    return [name, tableOf(name, [...columns, ...kinds], dialect)];
  });
  return Object.freeze({ tables: new Map(tables), valueMeaning, hash: 'core', file: undefined });
}

function tableOf(name: CoreTableName, columns: readonly CatalogColumn[], { fold }: Dialect): CatalogTable {
  const { description } = CORE_TABLES[name];
  const source = { kind: 'table', path: [fold(name)] } as const;
  return { name, kind: 'managed', isCore: true, description, source, columns, tenantColumn: undefined };
}

function coreColumn({ name, type, engineType, description, isPersonal }: CoreColumn, { fold }: Dialect): CatalogColumn {
  return {
    name,
    type,
    engineType,
    description,
    unit: undefined,
    isPersonal: isPersonal === true,
    isAttribute: false,
    source: { kind: 'column', column: fold(name) },
  };
}
