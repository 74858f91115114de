import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseFile } from './database-file.ts';

let folder: string;
let main: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'database-'));
  main = join(folder, 'main.duckdb');
});
afterEach(() => rm(folder, { recursive: true }));

test('a database that is there is used where it is', async () => {
  await writeFile(main, 'old');
  const file = databaseFile(main);
  expect(file).toMatchObject({ path: main, isNew: false });
  await file.discard();
  await file.keep();
  expect(await readFile(main, 'utf8')).toBe('old');
});

test('a new one takes its name when it is kept', async () => {
  const file = databaseFile(main);
  await writeFile(file.path, 'new');
  expect(await readdir(folder)).not.toContain('main.duckdb');
  await file.keep();
  expect(await readdir(folder)).toEqual(['main.duckdb']);
});

test('a new one that is not kept leaves nothing', async () => {
  const file = databaseFile(main);
  await writeFile(file.path, 'new');
  await writeFile(`${file.path}.wal`, 'new');
  await file.discard();
  expect(await readdir(folder)).toEqual([]);
});

test('a new one never replaces what another process made in the meantime', async () => {
  const file = databaseFile(main);
  await writeFile(file.path, 'new');
  await writeFile(main, 'theirs');
  await expect(file.keep()).rejects.toThrow(/made by another process/);
  expect(await readFile(main, 'utf8')).toBe('theirs');
  expect(await readdir(folder)).toEqual(['main.duckdb']);
});
