import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import { openWarehouse } from '../warehouse/open-warehouse.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant, type Tenant } from '../warehouse/tenant.ts';

/** Where tables are looked for. */
export type Place = {
  readonly called: string;
  /** What a command says to look there again. */
  readonly flag: string;
  run<T>(work: Work<T>): Promise<T>;
};

/** The account that the settings name, or a database file: the given one, else `own`. */
export function placeOf(settings: Settings, file: string | undefined, own: string): Place {
  if (file === undefined && settings.WAREHOUSE === 'snowflake') {
    const called = `${settings.SNOWFLAKE_DATABASE}.${settings.SNOWFLAKE_SCHEMA} of ${settings.SNOWFLAKE_ACCOUNT}`;
    return { called, flag: '', run: (work) => withAccount(settings, work) };
  }
  const database = file ?? own;
  const run: Place['run'] = (work) => withDatabase(settings, database, work);
  return { called: basename(database), flag: ` --database ${database}`, run };
}

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

/** Runs `work` over the account; each statement that it sends costs there. */
function withAccount<T>(settings: Settings, work: Work<T>): Promise<T> {
  return using(openWarehouse({ settings, file: '', spillDir: '' }), work);
}

function withWarehouse<T>(options: Parameters<typeof openDuckdb>[0], work: Work<T>): Promise<T> {
  return using(openDuckdb(options), work);
}

async function using<T>(opening: Promise<Warehouse>, work: Work<T>): Promise<T> {
  const warehouse = await opening;
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
