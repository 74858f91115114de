import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { otherProcess } from '../../../test/other-process.ts';
import { AppError } from '../../lib/app-error.ts';
import { dataPaths } from '../source.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import { contentOf, fill, insert, namesIn, newFolder, OWNER, serving, settingsFor } from './test-data.ts';
import { verifyBackup } from './verify-backup.ts';

const STAMP = '20260301T100000Z';

test('holds all committed rows, those in the log too, and is whole', async () => {
  const folder = newFolder();
  const settings = settingsFor(folder);
  await fill(settings, ['A', 'B'], 7);
  writeFileSync(join(folder, 'catalog.yaml'), 'version: 1\n');
  const { warehouse, backups } = await serving(settings);
  await warehouse.write(OWNER, (writer) => insert(writer, 'C'));
  const { name, manifest, seconds, heldSeconds } = await backups.create();
  await warehouse.write(OWNER, (writer) => insert(writer, 'D'));
  expect(name).toBe(STAMP);
  expect(manifest).toMatchObject({
    format: 1,
    createdAt: '2026-03-01T10:00:00.250Z',
    service: '1.2.3',
    source: 'main',
    dataVersions: { customers: 1 },
    namedCatalog: null,
  });
  expect(manifest.files.map((file) => file.name)).toEqual([
    'main.duckdb',
    'main.duckdb.wal',
    'state.sqlite',
    'catalog.yaml',
  ]);
  expect(heldSeconds).toBeLessThanOrEqual(seconds);
  const made = join(folder, 'backups', name);
  expect(await verifyBackup(made)).toEqual(manifest);
  // Rows and secrets are nobody else's.
  for (const file of ['.', ...readdirSync(made)]) expect(statSync(join(made, file)).mode & 0o077, file).toBe(0);
  expect(await contentOf(settingsFor(made))).toEqual({ names: ['A', 'B', 'C'], secret: 7 });
});

test('the database stays locked, and reads go on while the writer is held', async () => {
  const settings = settingsFor(newFolder());
  await fill(settings, ['A'], 1);
  const { warehouse, backups, paths } = await serving(settings);
  const order: string[] = [];
  const making = backups.create().then(() => order.push('backup'));
  const reading = namesIn(warehouse).then(() => order.push('read'));
  await Promise.all([making, reading]);
  expect(order).toEqual(['read', 'backup']);
  const other = otherProcess(
    {
      openDuckdb: new URL('../warehouse/duckdb/warehouse.ts', import.meta.url),
      tenant: new URL('../warehouse/tenant.ts', import.meta.url),
      settingsWith: new URL('../../config/settings.ts', import.meta.url),
    },
    `const file = ${JSON.stringify(paths.main)};
     const warehouse = await openDuckdb({ settings: settingsWith(), fileOf: () => file, spillDir: file + '.spill' });
     await warehouse.ping(tenant('default')).then(() => say('opened'), (error) => say(error.code));
     await warehouse.close();`,
  );
  await other.ended;
  expect(other.lines).toEqual(['warehouse.locked']);
});

test('a catalog that CATALOG names is saved under a name of its own', async () => {
  const folder = newFolder();
  const named = join(newFolder(), 'mine.yaml');
  writeFileSync(named, 'version: 1\n# mine\n');
  const settings = settingsFor(folder, { CATALOG: named });
  await fill(settings, ['A'], 1);
  const { backups } = await serving(settings);
  const { name, manifest } = await backups.create();
  expect(manifest.namedCatalog).toBe(named);
  expect(readFileSync(join(folder, 'backups', name, 'named-catalog.yaml'), 'utf8')).toContain('# mine');
});

test('a database that the service does not manage has no data versions', async () => {
  const folder = newFolder();
  const settings = settingsFor(folder, { DUCKDB_FILE: join(folder, 'own.duckdb') });
  const paths = dataPaths(settings);
  await fill(settings, [], 1);
  const own = await openDuckdb({ settings, fileOf: () => paths.main, spillDir: paths.spill });
  await own.write(OWNER, (writer) => writer.run('drop schema service cascade'));
  await own.close();
  const { backups } = await serving(settings);
  expect((await backups.create()).manifest.dataVersions).toEqual({});
});

test('one at a time; two in one second have two names; what a killed process left is removed', async () => {
  const folder = newFolder();
  const settings = settingsFor(folder);
  await fill(settings, ['A'], 1);
  const half = join(folder, 'backups', '20250101T000000Z');
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, 'main.duckdb'), 'half');
  mkdirSync(join(folder, 'backups', 'mine'));
  const { backups } = await serving(settings);
  const [first, second] = await Promise.allSettled([backups.create(), backups.create()]);
  expect(first).toMatchObject({ status: 'fulfilled', value: { name: STAMP } });
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'backup.running', status: 409 } });
  expect((await backups.create()).name).toBe(`${STAMP}-2`);
  expect(readdirSync(join(folder, 'backups')).toSorted()).toEqual([STAMP, `${STAMP}-2`, 'mine']);
});

test('demo data are refused', async () => {
  const { backups } = await serving(settingsFor(newFolder()));
  await expect(backups.create()).rejects.toMatchObject({ code: 'backup.demo', status: 409 });
});

test('what fails leaves nothing, and the next one is made', async () => {
  const folder = newFolder();
  const settings = settingsFor(folder, { CATALOG: join(folder, 'missing.yaml') });
  await fill(settings, ['A'], 1);
  const { backups, warehouse } = await serving(settings);
  await expect(backups.create()).rejects.toMatchObject({
    code: 'backup.failed',
    detail: expect.stringContaining('missing.yaml'),
  });
  expect(readdirSync(join(folder, 'backups'))).toEqual([]);
  await warehouse.write(OWNER, (writer) => insert(writer, 'B'));
  writeFileSync(join(folder, 'missing.yaml'), 'version: 1\n');
  expect((await backups.create()).manifest.files).toHaveLength(4);
});

test('a folder that cannot be made is said in words', async () => {
  const folder = newFolder();
  const settings = settingsFor(folder);
  await fill(settings, ['A'], 1);
  writeFileSync(join(folder, 'backups'), 'a file');
  const { backups } = await serving(settings);
  await expect(backups.create()).rejects.toMatchObject({
    code: 'backup.failed',
    detail: expect.stringContaining('backups'),
  });
});

test('a signal calls it off while it waits for the writer, and while it copies', async () => {
  const folder = newFolder();
  const settings = settingsFor(folder);
  await fill(settings, ['A'], 1);
  const { backups, warehouse } = await serving(settings);
  const gone = new AppError('statement.cancelled', 'gone');
  const waiting = new AbortController();
  const held = Promise.withResolvers<void>();
  const writing = warehouse.write(OWNER, () => held.promise);
  const first = backups.create(waiting.signal);
  setImmediate(() => waiting.abort(gone));
  await expect(first).rejects.toBe(gone);
  held.resolve();
  await writing;
  await expect(backups.create(AbortSignal.abort(gone))).rejects.toBe(gone);
  expect(readdirSync(join(folder, 'backups'))).toEqual([]);
  expect(existsSync(join(folder, 'backups', (await backups.create()).name, 'manifest.json'))).toBe(true);
});
