import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { settingsWith } from '../../config/settings.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import { tenant } from '../warehouse/tenant.ts';
import { coreCatalog } from './core-catalog.ts';
import { CORE_TABLE_NAMES } from './core-tables.ts';
import { createTable } from './ddl.ts';
import { loadCatalog } from './load.ts';

const warehouse = await openDuckdb({
  settings: settingsWith(),
  fileOf: () => ':memory:',
  spillDir: join(tmpdir(), 'unused'),
});
afterAll(() => warehouse.close());

test('without a warehouse it is what the warehouse of a new service has', async () => {
  const owner = tenant('default');
  await warehouse.write(owner, async (writer) => {
    for (const name of CORE_TABLE_NAMES) await writer.run(createTable(name));
  });
  const { hash: _, ...loaded } = await loadCatalog({ warehouse, tenant: owner, isolation: 'database' });
  const { hash: __, ...core } = coreCatalog(warehouse.dialect);
  expect(core).toEqual(loaded);
});
