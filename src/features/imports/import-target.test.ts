import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settingsWith } from '../../config/settings.ts';
import { dataPaths } from '../../data/source.ts';
import { tenant } from '../../data/warehouse/tenant.ts';
import type { ImportPlan } from '../../data/catalog/import-plan.ts';
import { openDuckdb } from '../../data/warehouse/duckdb/warehouse.ts';
import type { Writer } from '../../data/warehouse/port.ts';
import { openImportTarget, type ImportTarget } from './import-target.ts';

const owner = tenant('default');
let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'target-'))));
afterEach(() => rm(folder, { recursive: true }));

function open() {
  const settings = settingsWith({ DATA_DIR: folder, THREADS: 1, MEMORY_LIMIT: 1e9 });
  return openImportTarget({ settings, paths: dataPaths(settings), owner });
}
function within(target: ImportTarget, work: (writer: Writer) => Promise<unknown>) {
  const plan: ImportPlan = { file: '', text: '', sources: [], tables: [] };
  const fill = async (writer: Writer) => {
    await work(writer);
    return 0;
  };
  return target.store({ plan, workDir: '', progress: () => {}, signal: undefined, fill, record: () => undefined });
}
const files = async () => (await readdir(folder)).filter((name) => name.includes('duckdb')).sort();

test('a new database has its name when it is kept, and begins without what a killed import left', async () => {
  const settings = settingsWith({ THREADS: 1, MEMORY_LIMIT: 1e9 });
  const killed = await openDuckdb({ settings, fileOf: () => join(folder, 'main.duckdb.importing'), spillDir: '' });
  await killed.write(owner, (writer) => writer.run('create table customers as select 1 as odd'));
  await killed.close();
  const target = await open();
  await within(target, (writer) => writer.run('create table customers as select 2 as even'));
  await target.keep();
  expect(await files()).toEqual(['main.duckdb']);
  const again = await open();
  const names: string[] = [];
  await within(again, async (writer) => {
    const { schema } = await writer.query('select * from customers');
    names.push(...schema.map(({ name }) => name));
  });
  expect(names).toEqual(['even']);
  await again.discard();
  expect(await files()).toEqual(['main.duckdb']);
});

test('a new one that is not kept leaves nothing', async () => {
  await (await open()).discard();
  expect(await files()).toEqual([]);
});

test('what cannot be opened is not held', async () => {
  const main = join(folder, 'main.duckdb');
  await writeFile(main, 'this is no database'.repeat(1000));
  await expect(open()).rejects.toThrow(/main\.duckdb/);
  await rm(main);
  await (await open()).discard();
});
