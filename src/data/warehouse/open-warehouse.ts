import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { openDuckdb } from './duckdb/warehouse.ts';
import type { Warehouse } from './port.ts';

export type WarehouseOptions = {
  readonly settings: Settings;
  /** Database file and spill folder of the embedded warehouse. */
  readonly file: string;
  readonly spillDir: string;
  /** Takes a line for each statement that an account ran. */
  readonly log?: ((line: Readonly<Record<string, unknown>>) => void) | undefined;
};

/** The warehouse that WAREHOUSE names. Throws what opening it throws. */
export async function openWarehouse({ settings, file, spillDir }: WarehouseOptions): Promise<Warehouse> {
  if (settings.WAREHOUSE === 'snowflake')
    throw new AppError('unsupported.feature', 'WAREHOUSE=snowflake is not there yet');
  return openDuckdb({ settings, fileOf: () => file, spillDir });
}
