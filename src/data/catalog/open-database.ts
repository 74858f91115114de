import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant, type Tenant } from '../warehouse/tenant.ts';

type Work<T> = (warehouse: Warehouse, owner: Tenant) => Promise<T>;

/** Runs `work` over a database file that is opened for reading only. Throws `warehouse.unavailable` when it is not there. */
export async function withDatabase<T>(settings: Settings, file: string, work: Work<T>): Promise<T> {
  if (!existsSync(file)) throw new AppError('warehouse.unavailable', `there is no database file ${file}`);
  return inFolder((spillDir) => withWarehouse({ settings, fileOf: () => file, spillDir, mode: 'read-only' }, work));
}

/** Runs `work` over a new database that `statements` fill; it is removed afterwards. */
export async function withNewDatabase<T>(settings: Settings, statements: readonly string[], work: Work<T>): Promise<T> {
  return inFolder((folder) =>
    withWarehouse(
      { settings, fileOf: () => join(folder, 'new.duckdb'), spillDir: folder },
      async (warehouse, owner) => {
        await warehouse.write(owner, async (writer) => {
          for (const statement of statements) await writer.run(statement);
        });
        return work(warehouse, owner);
      },
    ),
  );
}

async function withWarehouse<T>(options: Parameters<typeof openDuckdb>[0], work: Work<T>): Promise<T> {
  const warehouse = await openDuckdb(options);
  try {
    return await work(warehouse, tenant('default'));
  } finally {
    await warehouse.close();
  }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
