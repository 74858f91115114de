import { join } from 'node:path';
import type { Settings } from '../../../config/settings.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import type { DataPaths } from '../../../data/source.ts';
import { openDuckdb } from '../../../data/warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../../../data/warehouse/port.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import type { ImportTarget, Storing } from '../import-target.ts';
import { accountPlace } from '../jobs/record-place.ts';
import { transaction } from '../own-transaction.ts';
import { accountTables, type AccountTables } from './account-tables.ts';
import { checkColumns, checkCoreTypes } from './check-columns.ts';
import { commitLoads } from './commit.ts';
import { fetchDatasets, fetchStored, type StoredRows } from './fetch.ts';
import { removeLeftStages } from './left-stages.ts';
import { makeRecords, makeTables, withLoaded } from './load.ts';
import { LOAD_LIMITS, packShipment, type Limits, type Load } from './shipment.ts';

export type AccountTargetOptions = {
  readonly settings: Settings;
  readonly paths: Pick<DataPaths, 'root' | 'spill'>;
  readonly owner: Tenant;
  readonly warehouse: Warehouse;
  readonly limits?: Limits | undefined;
  readonly pauseMs?: number | undefined;
};

/**
 * Rows go into an account, which reads no files of ours. So they are read, mapped and checked in a DuckDB beside it, by
 * the same steps and with the same report as where DuckDB holds the tables:
 *
 *     sources -> scratch database, and from the account what the checks look at -> checked rows -> files
 *       -> stage -> staging tables -> tables and columns that are missing -> one transaction
 */
export function accountTarget(options: AccountTargetOptions): Pick<ImportTarget, 'store'> {
  const { settings, paths, owner, warehouse, pauseMs } = options;
  const place = accountPlace(settings);
  return {
    async store(storing) {
      const { plan, progress, signal, record } = storing;
      progress('reading what is stored', '');
      await removeLeftStages({ warehouse, owner, paths, place });
      const tables = accountTables(await warehouse.tables(owner));
      checkCoreTypes(plan, tables);
      const loads = await check(options, tables, storing);
      checkColumns(loads, tables);
      const loading = { warehouse, owner, paths, place, progress, signal };
      progress('preparing the account', '');
      await makeRecords(loading);
      await withLoaded(loads, loading, async (names) => {
        await makeTables(plan, loads, tables, loading);
        progress(
          'committing',
          '',
          loads.reduce((sum, { rows }) => sum + rows, 0),
        );
        return commitLoads(loads, names, { ...loading, record, pauseMs });
      });
    },
  };
}

/** Runs `fill` in a database of its own, and takes the rows to load out of it. */
async function check(
  { settings, paths, owner, warehouse, limits = LOAD_LIMITS }: AccountTargetOptions,
  tables: AccountTables,
  { plan, workDir, progress, signal, fill }: Storing,
): Promise<readonly Load[]> {
  const file = join(workDir, 'scratch.duckdb');
  const scratch = await openDuckdb({ settings, fileOf: () => file, spillDir: paths.spill });
  try {
    const fetching = { warehouse, owner, progress, signal };
    return await transaction(scratch, owner, signal, async (writer) => {
      let stored: ReadonlyMap<CoreTableName, StoredRows> = new Map();
      await fill(writer, await fetchDatasets(writer, plan, fetching), async () => {
        stored = await fetchStored(writer, plan, tables, fetching);
      });
      return packShipment(writer, { plan, stored, folder: workDir, limits, progress });
    });
  } finally {
    await scratch.close();
  }
}
