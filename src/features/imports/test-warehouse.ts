import { settingsWith } from '../../config/settings.ts';
import type { Value, Warehouse } from '../../data/warehouse/port.ts';
import { openDuckdb } from '../../data/warehouse/duckdb/warehouse.ts';
import { tenant } from '../../data/warehouse/tenant.ts';

export type TestWarehouse = Warehouse & { rows(text: string): Promise<readonly (readonly Value[])[]> };

/** A database in memory, for the tests of this folder; `rows` reads it with values as they are on the wire. */
export async function testWarehouse(): Promise<TestWarehouse> {
  const settings = settingsWith({ THREADS: 2, MEMORY_LIMIT: 1e9 });
  const warehouse = await openDuckdb({ settings, fileOf: () => ':memory:', spillDir: '' });
  const rows = async (text: string) => {
    const statement = { text, params: [], reads: { tables: [], columns: [] } };
    const { rowCount, columns } = await warehouse.query(tenant('default'), statement, { lane: 'fast' });
    return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
  };
  return { ...warehouse, rows };
}
