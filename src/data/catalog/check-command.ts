import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readSettings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { chooseSource, dataPaths } from '../source.ts';
import type { Warehouse } from '../warehouse/port.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import { catalogSummary } from './catalog-summary.ts';
import type { CatalogFlags, CatalogIo } from './command-io.ts';
import { CORE_TABLE_NAMES } from './core-tables.ts';
import { createTable } from './ddl.ts';
import { loadCatalog, readCatalogText } from './load.ts';
import { missingTables, withManagedTables } from './managed-tables.ts';
import { placeOf, withNewDatabase } from './open-database.ts';
import { parseCatalogFile } from './parse-file.ts';
import { managedAttributes } from './read-import-plan.ts';
import { originOf } from './table-rules.ts';

/**
 * Prints `ok` and what the catalog reads from where, or a line per mistake. A catalog that is named is checked as before
 * an import: its source files must be there. Without any database it is checked over an empty one.
 */
export async function checkCommand(flags: CatalogFlags, io: CatalogIo): Promise<number> {
  const settings = readSettings(io.env);
  const paths = dataPaths(settings);
  const source = chooseSource(settings, paths);
  const named = flags.catalog === undefined ? undefined : resolve(io.cwd, flags.catalog);
  const file = named ?? source.catalogFile;
  const importFolder = flags.data === undefined ? named && dirname(named) : resolve(io.cwd, flags.data);
  const given = flags.database === undefined ? undefined : resolve(io.cwd, flags.database);
  const own = file === undefined ? source.database : paths.main;
  const place = placeOf(settings, given, own);
  const isAccount = given === undefined && settings.WAREHOUSE === 'snowflake';
  const check = async (warehouse: Warehouse, tenant: Tenant) => {
    const listed = await warehouse.tables(tenant);
    // Without a file a start makes the tables that are missing.
    const toMake = file === undefined ? missingTables(listed, warehouse.dialect) : [];
    const tables = toMake.length > 0 ? withManagedTables(listed, warehouse.dialect) : listed;
    const loading = { file, warehouse, tenant, isolation: settings.ISOLATION, importFolder, tables };
    return { catalog: await loadCatalog(loading), toMake };
  };
  try {
    const isNew = !isAccount && given === undefined && !existsSync(own);
    const checking = isNew ? withNewDatabase(settings, managedTables(file), check) : place.run(check);
    const { catalog, toMake } = await checking;
    const made = toMake.length > 0 ? `; made at the start: ${toMake.join(', ')}` : '';
    io.stdout(`ok  ${file ?? 'the built-in catalog'} over ${isNew ? 'a new database' : place.called}${made}`);
    for (const line of catalogSummary(catalog)) io.stdout(line);
    return 0;
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'catalog.invalid')) throw error;
    for (const line of error.detail.split('\n')) io.stdout(line);
    return 1;
  }
}

/** The statements that make the managed tables of a catalog, as a first start would. */
function managedTables(file: string | undefined): string[] {
  const core = file === undefined ? {} : parseCatalogFile(readCatalogText(file), file).core;
  const managed = CORE_TABLE_NAMES.filter((table) => originOf(core[table]).kind === 'managed');
  return managed.map((table) => createTable(table, managedAttributes(core[table])));
}
