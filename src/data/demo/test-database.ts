import { settingsWith } from '../../config/settings.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant } from '../warehouse/tenant.ts';
import { generateDemo, type DemoOptions } from './generate.ts';
import type { DemoTruth } from './truth.ts';
import type { DemoSize } from './world.ts';

export const TEST_TENANT = tenant('default');

type Cell = string | number | boolean | null;

/** Demo data in memory; `query` gives rows as arrays. */
export type TestDemo = {
  readonly truth: DemoTruth;
  query(text: string): Promise<Cell[][]>;
  close(): Promise<void>;
};

export function emptyDatabase(): Promise<Warehouse> {
  const settings = settingsWith({ THREADS: 2, MEMORY_LIMIT: 2 ** 30 });
  return openDuckdb({ settings, fileOf: () => ':memory:', spillDir: '' });
}

export async function testDemo(size: DemoSize, seed: number, more: Partial<DemoOptions> = {}): Promise<TestDemo> {
  const warehouse = await emptyDatabase();
  const progress = () => undefined;
  const truth = await generateDemo({ warehouse, tenant: TEST_TENANT, size, seed, progress, ...more });
  const query = async (text: string) => {
    const statement = { text, params: [], reads: { tables: [], columns: [] } };
    const rows = await warehouse.query(TEST_TENANT, statement, { lane: 'heavy', maxRows: 1_000_000 });
    return Array.from({ length: rows.rowCount }, (_, r) => rows.columns.map((column) => column[r] as Cell));
  };
  return { truth, query, close: () => warehouse.close() };
}
