import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { folderWith } from './data-folder.ts';
import { jsonOf, processOf, service } from './service-process.ts';

/** A folder on a disk of so many kilobytes; the test is skipped where none can be mounted. */
function smallDisk(kilobytes: number, skip: TestContext['skip']): string {
  const folder = join(folderWith(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    skip('no file system can be mounted here');
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

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
