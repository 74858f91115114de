import type { Settings } from '../../config/settings.ts';
import { CORE_TABLE_NAMES } from '../../data/catalog/core-tables.ts';
import type { DataPaths } from '../../data/source.ts';
import { openDuckdb } from '../../data/warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../../data/warehouse/port.ts';
import type { Tenant } from '../../data/warehouse/tenant.ts';
import { databaseFile } from './database-file.ts';

/** Where the rows of an import go. One of the two ends comes last. */
export type ImportTarget = {
  readonly warehouse: Pick<Warehouse, 'write'>;
  /** The rows are committed. When it throws, they are not there after all. */
  keep(): Promise<void>;
  /** Nothing was committed. */
  discard(): Promise<void>;
};

type TargetOptions = { readonly settings: Settings; readonly paths: DataPaths; readonly owner: Tenant };

/**
 * Opens main.duckdb, or a new database that gets this name when it is kept. It is opened in truth, so that a lock is told
 * before long work. Throws what opening throws; nothing is left open then.
 */
export async function openImportTarget({ settings, paths, owner }: TargetOptions): Promise<ImportTarget> {
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
  return { warehouse, keep: () => close(file.keep), discard: () => close(file.discard) };
}
