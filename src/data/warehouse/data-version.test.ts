import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { settingsWith } from '../../config/settings.ts';
import { raiseDataVersions, readDataVersions } from './data-version.ts';
import { openDuckdb } from './duckdb/warehouse.ts';
import { tenant } from './tenant.ts';

const warehouse = await openDuckdb({
  settings: settingsWith(),
  fileOf: () => ':memory:',
  spillDir: join(tmpdir(), 'unused'),
});
afterAll(() => warehouse.close());

test('a database that we do not manage has none, and is not changed by being asked', async () => {
  const stranger = tenant('stranger');
  expect(await readDataVersions(warehouse, stranger)).toEqual({});
  expect(await warehouse.tables(stranger)).toEqual([]);
});

test('each committed write raises them by one; one that is rolled back does not', async () => {
  const owner = tenant('default');
  const raise = (tables: string[], error?: Error) =>
    warehouse.write(owner, async (writer) => {
      await raiseDataVersions(writer, tables);
      if (error !== undefined) throw error;
    });
  await raise(['customers', 'products']);
  await raise(['customers']);
  await expect(raise(['customers', 'orders'], new Error('no'))).rejects.toThrow();
  expect(await readDataVersions(warehouse, owner)).toEqual({ customers: 2, products: 1 });
});
