import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { storedName } from '../sql/snowflake-names.ts';
import { openDuckdb } from './duckdb/warehouse.ts';
import type { Warehouse } from './port.ts';
import { credentialsOf } from './snowflake/credentials.ts';
import { openSnowflake } from './snowflake/warehouse.ts';
import type { Log } from './snowflake/statement.ts';

export type WarehouseOptions = {
  readonly settings: Settings;
  /** Database file and spill folder of the embedded warehouse. */
  readonly file: string;
  readonly spillDir: string;
  /** Takes a line for each statement that an account ran. */
  readonly log?: Log | undefined;
};

/** The warehouse that WAREHOUSE names. Throws what opening it throws, and `settings.invalid`. */
export async function openWarehouse({ settings, file, spillDir, log }: WarehouseOptions): Promise<Warehouse> {
  if (settings.WAREHOUSE === 'duckdb') return openDuckdb({ settings, fileOf: () => file, spillDir });
  if (settings.SNOWFLAKE_DATABASE === '')
    throw new AppError('settings.invalid', 'SNOWFLAKE_DATABASE is needed: the database that is served.');
  if (isServiceSchemaServed(settings))
    throw new AppError(
      'settings.invalid',
      'SNOWFLAKE_SERVICE_SCHEMA must not be SNOWFLAKE_SCHEMA: it is never served.',
    );
  return openSnowflake({ settings, log });
}

/** Whether the tables that are served would be taken for those of the service itself, which are hidden. */
export function isServiceSchemaServed(settings: Settings): boolean {
  return storedName(settings.SNOWFLAKE_SERVICE_SCHEMA) === storedName(settings.SNOWFLAKE_SCHEMA);
}

/** What a person should know of how the service signs in; said once at the start. */
export function signInWarning(settings: Settings): string | undefined {
  return settings.WAREHOUSE === 'snowflake' ? credentialsOf(settings).warning : undefined;
}
