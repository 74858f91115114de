import { changeLog, type ChangeLog } from './analysis/change-log.ts';
import { openNumbers, versionsFrom, type VersionNumbers } from './analysis/versions.ts';
import { writeQueue, type WriteQueue } from './analysis/write-queue.ts';
import type { Settings } from './config/settings.ts';
import type { DataPaths } from './data/source.ts';
import { openWarehouse, type WarehouseOptions } from './data/warehouse/open-warehouse.ts';
import type { Warehouse } from './data/warehouse/port.ts';
import type { Tenant } from './data/warehouse/tenant.ts';

/**
 * A database that is served: what stays when another catalog is put over it. Its one writer queue, its data versions and
 * what changed since when belong to the rows, not to a catalog.
 */
export type OpenData = {
  readonly database: string;
  readonly owner: Tenant;
  readonly warehouse: Warehouse;
  readonly numbers: VersionNumbers;
  readonly changes: ChangeLog;
  readonly writes: WriteQueue;
  /** Whoever wrote past the queue says so here, after the commit: every later answer has to know. */
  replaced(tables: readonly string[]): void;
};

/** Throws what opening the database throws; nothing is left open then. */
export async function openData(
  settings: Settings,
  paths: DataPaths,
  database: string,
  owner: Tenant,
  log?: WarehouseOptions['log'],
): Promise<OpenData> {
  const warehouse = await openWarehouse({ settings, file: database, spillDir: paths.spill, log });
  try {
    const numbers = await openNumbers(warehouse, owner);
    const changes = changeLog();
    // Writes ask for numbers of managed tables alone, whatever the catalog says.
    const versions = versionsFrom(numbers, { tables: new Map() });
    return {
      database,
      owner,
      warehouse,
      numbers,
      changes,
      writes: writeQueue({ warehouse, versions, changes, waitSeconds: settings.QUEUE_SECONDS }, owner),
      replaced(tables) {
        numbers.raise(tables);
        for (const table of tables) changes.note(table, numbers.of(table), 'all');
      },
    };
  } catch (error) {
    await warehouse.close();
    throw error;
  }
}
