import type { Settings } from '../../config/settings.ts';
import { openDuckdb } from './duckdb/warehouse.ts';
import type { Warehouse } from './port.ts';
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

/** The warehouse that WAREHOUSE names. Throws what opening it throws. */
export function openWarehouse({ settings, file, spillDir, log }: WarehouseOptions): Promise<Warehouse> {
  return settings.WAREHOUSE === 'snowflake'
    ? openSnowflake({ settings, log })
    : openDuckdb({ settings, fileOf: () => file, spillDir });
}
