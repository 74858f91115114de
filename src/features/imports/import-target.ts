import type { Settings } from '../../config/settings.ts';
import { CORE_TABLE_NAMES } from '../../data/catalog/core-tables.ts';
import type { ImportPlan } from '../../data/catalog/import-plan.ts';
import { loadCatalog } from '../../data/catalog/load.ts';
import { withManagedTables } from '../../data/catalog/managed-tables.ts';
import type { DataPaths } from '../../data/source.ts';
import { raiseDataVersions } from '../../data/warehouse/data-version.ts';
import { openDuckdb } from '../../data/warehouse/duckdb/warehouse.ts';
import type { Warehouse, Writer } from '../../data/warehouse/port.ts';
import type { Tenant } from '../../data/warehouse/tenant.ts';
import { openWarehouse } from '../../data/warehouse/open-warehouse.ts';
import { accountTables } from './account/account-tables.ts';
import { accountTarget } from './account/account-target.ts';
import { databaseFile } from './database-file.ts';
import { makeRecordTable, writeRecord, type CommitRecord } from './jobs/commit-record.ts';
import { OWN_PLACE } from './jobs/record-place.ts';
import type { Progress } from './model.ts';
import { transaction } from './own-transaction.ts';

/** Where the rows of an import go. One of the two ends comes last. */
export type ImportTarget = {
  /**
   * Runs `fill` in a transaction of a DuckDB that knows of what is stored, and puts what it stored there in place,
   * with the record, whole or not at all. Throws what `fill` throws, after which no row was changed. In an account
   * tables and columns that were missing may have been made, empty, since such statements commit by themselves there.
   */
  store(storing: Storing): Promise<void>;
  /** The rows are committed. When it throws, they are not there after all. */
  keep(): Promise<void>;
  /** Nothing was committed. */
  discard(): Promise<void>;
};

export type Storing = {
  readonly plan: ImportPlan;
  /** Folder of this import alone. */
  readonly workDir: string;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
  /** Reads, maps and checks, and stores in the core tables of this DuckDB what is to be stored. `beforeChecks` runs when the answers of the mappings are there. Returns how many rows it stored. */
  readonly fill: (writer: Writer, plan: ImportPlan, beforeChecks?: () => Promise<void>) => Promise<number>;
  /** Asked once for each commit that is tried. */
  readonly record: () => CommitRecord | undefined;
};

type TargetOptions = {
  readonly settings: Settings;
  readonly paths: DataPaths;
  readonly owner: Tenant;
  /** What an account is to be served by after the import, and the folder of its files. */
  readonly catalog?: { readonly file: string; readonly text: string; readonly folder: string } | undefined;
};

/**
 * Opens the account that the settings name, or main.duckdb, or a new database that gets this name when it is kept. It is
 * opened in truth, so that a lock, a refused sign-in or a catalog that does not fit the account (`catalog.invalid`) is told
 * before long work. Throws what opening throws; nothing is left open then.
 */
export async function openImportTarget(options: TargetOptions): Promise<ImportTarget> {
  const { settings, paths, owner } = options;
  if (settings.WAREHOUSE === 'snowflake') return openAccountTarget(options);
  const file = databaseFile(paths.main);
  const warehouse = await openDuckdb({ settings, fileOf: () => file.path, spillDir: paths.spill });
  try {
    // A new one may hold what a killed import left.
    await warehouse.write(owner, async (writer) => {
      for (const table of file.isNew ? CORE_TABLE_NAMES : []) await writer.run(`drop table if exists ${table}`);
    });
  } catch (error) {
    await warehouse.close();
    throw error;
  }
  const close = async (end: () => Promise<void>) => {
    await warehouse.close();
    await end();
  };
  return {
    ...databaseTarget(warehouse, owner),
    keep: () => close(file.keep),
    discard: () => close(file.discard),
  };
}

async function openAccountTarget({ settings, paths, owner, catalog }: TargetOptions): Promise<ImportTarget> {
  const warehouse = await openWarehouse({ settings, file: paths.main, spillDir: paths.spill });
  try {
    const listed = await warehouse.tables(owner);
    accountTables(listed);
    if (catalog !== undefined) {
      const { file, text, folder: importFolder } = catalog;
      const tables = withManagedTables(listed, warehouse.dialect);
      const where = { warehouse, tenant: owner, isolation: settings.ISOLATION, tables, importFolder };
      await loadCatalog({ file, text, ...where });
    }
  } catch (error) {
    await warehouse.close();
    throw error;
  }
  const close = () => warehouse.close();
  return { ...accountTarget({ settings, paths, owner, warehouse }), keep: close, discard: close };
}

/** The DuckDB that files are read in is the one that holds the tables: reading, checking and storing are one transaction of it. */
export function databaseTarget(warehouse: Pick<Warehouse, 'write'>, owner: Tenant): Pick<ImportTarget, 'store'> {
  return {
    store: ({ plan, fill, record, progress, signal }) =>
      transaction(warehouse, owner, signal, async (writer) => {
        progress('committing', '', await fill(writer, plan));
        await raiseDataVersions(writer, CORE_TABLE_NAMES);
        const done = record();
        if (done === undefined) return;
        await makeRecordTable(writer, OWN_PLACE);
        await writeRecord(writer, done, OWN_PLACE);
      }),
  };
}
