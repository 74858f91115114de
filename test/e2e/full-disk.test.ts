import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, managedData } from './data-folder.ts';
import { jsonOf, processOf, service } from './service-process.ts';
import { smallDisk } from './small-disk.ts';

const FULL = /There is no space left to write \S+ or to spill intermediate results/;
/** Names in the folder and below, but for the service's own records and empty folders. */
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('state.sqlite'))
    .map(({ name }) => name)
    .sort();

test('demo data that does not fit is not made, in words, and nothing of it stays', async ({ skip }) => {
  const disk = smallDisk(2_000, skip);
  const { code, said } = await service(disk).ended;
  expect(code).toBe(1);
  expect(said).toMatch(FULL);
  expect(filesIn(disk)).toEqual([]);
});

const CATALOG = `version: 1
imports:
  sources:
    goods: { file: goods.csv }
  tables:
    products:
      sql: select id as product_id, name as product_name from goods
`;
const goods = (rows: number) => {
  const lines = Array.from(
    { length: rows },
    (_, i) => `P${i},${((i + 1) * 7919).toString(36).repeat(20).slice(0, 90)}\n`,
  );
  return `id,name\n${lines.join('')}`;
};

test('an import that does not fit changes nothing, neither at first nor later', async ({ skip }) => {
  const disk = smallDisk(6_000, skip);
  const folder = folderWith({ 'catalog.yaml': CATALOG, 'goods.csv': goods(150_000) });
  const run = () => processOf('cli', ['import', '--catalog', join(folder, 'catalog.yaml')], { DATA_DIR: disk }).ended;
  const first = await run();
  expect(first.code).toBe(1);
  expect(first.out).toMatch(FULL);
  expect(filesIn(disk)).toEqual([]);

  writeFileSync(join(folder, 'goods.csv'), goods(3));
  expect((await run()).code).toBe(0);
  writeFileSync(join(folder, 'goods.csv'), goods(150_000));
  const later = await run();
  expect(later.code).toBe(1);
  expect(later.out).toMatch(FULL);
  const { data } = await jsonOf(`${await service(disk).serves()}/v1/products`);
  expect(data.map(({ productId }) => productId)).toEqual(['P0', 'P1', 'P2']);
});

test('a backup that does not fit is refused, nothing of it stays, and the service goes on', async ({ skip }) => {
  const disk = smallDisk(12_000, skip);
  await managedData(disk, 1_000, 20_000);
  const running = service(disk);
  const address = await running.serves();
  const backup = () => fetch(`${address}/v1/admin/backups`, { method: 'POST' });
  // What is free now is less than the database file.
  const filler = join(disk, 'filler');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - 500_000));
  const refused = await backup();
  expect(await refused.json()).toMatchObject({ status: 507, code: 'warehouse.disk_full' });
  expect(readdirSync(join(disk, 'backups'))).toEqual([]);
  expect((await jsonOf(`${address}/v1/customers/C1`)).data).toMatchObject({ customerId: 'C1' });
  rmSync(filler);
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ customerId: 'new', customerName: 'new' });
  expect((await fetch(`${address}/v1/customers`, { method: 'POST', headers: json, body })).status).toBe(201);
  expect((await backup()).status).toBe(201);
});
