import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepCatalog } from './keep-catalog.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keep-'));
});
afterEach(() => rm(folder, { recursive: true }));

const MARK = '# Kept by npm run import from mine.yaml; the next import replaces it.\n';
const catalog = (text: string) => ({ file: '/data/mine.yaml', text });

test('the catalog is kept with a mark, and the next import replaces it', async () => {
  const path = join(folder, 'catalog.yaml');
  expect(await keepCatalog(path, catalog('version: 1\n'))).toBe('written');
  expect(await readFile(path, 'utf8')).toBe(`${MARK}version: 1\n`);
  expect(await keepCatalog(path, catalog('version: 1 # two\n'))).toBe('written');
  expect(await readFile(path, 'utf8')).toBe(`${MARK}version: 1 # two\n`);
  expect(await readdir(folder)).toEqual(['catalog.yaml']);
});

test('an import by the kept catalog itself does not mark it twice', async () => {
  const path = join(folder, 'catalog.yaml');
  await keepCatalog(path, catalog('version: 1\n'));
  await keepCatalog(path, { file: path, text: await readFile(path, 'utf8') });
  expect(await readFile(path, 'utf8')).toBe(`${MARK}version: 1\n`);
});

test('a catalog that somebody else wrote stays, unless it is the same', async () => {
  const path = join(folder, 'catalog.yaml');
  await writeFile(path, 'version: 1\n');
  expect(await keepCatalog(path, catalog('version: 1 # other\n'))).toBe('foreign');
  expect(await keepCatalog(path, catalog('version: 1\n'))).toBe('written');
  expect(await readFile(path, 'utf8')).toBe('version: 1\n');
});

test('relative files of datasets stay where they are', async () => {
  const path = join(folder, 'catalog.yaml');
  const text =
    'version: 1\ntables:\n  # ours\n  raw: { file: raw/a.csv }\n  other: { file: /x/b.csv }\n  customers:\nimports: {}\n';
  await keepCatalog(path, catalog(text));
  expect(await readFile(path, 'utf8')).toContain(
    '# ours\n  raw: { file: /data/raw/a.csv }\n  other: { file: /x/b.csv }',
  );
});

test('relative files of datasets are those of the folder of the data', async () => {
  const path = join(folder, 'catalog.yaml');
  const text = 'version: 1\ntables:\n  raw: { file: a.csv }\n';
  await keepCatalog(path, catalog(text), '/elsewhere');
  expect(await readFile(path, 'utf8')).toContain('raw: { file: /elsewhere/a.csv }');
});

test('a folder that cannot be written is an error, and leaves nothing', async () => {
  await expect(keepCatalog(join(folder, 'none', 'catalog.yaml'), catalog('version: 1\n'))).rejects.toThrow(/ENOENT/);
  await expect(keepCatalog(folder, catalog('version: 1\n'))).rejects.toThrow(/EISDIR/);
});
