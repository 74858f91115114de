import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from './manifest.ts';
import { newFolder } from './test-data.ts';
import { verifyBackup } from './verify-backup.ts';

const FILES = { 'main.duckdb': 'rows', 'state.sqlite': 'records' };

function backup(changes: Partial<Record<keyof Manifest, unknown>> = {}): string {
  const folder = newFolder();
  const files = Object.entries(FILES).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return { name, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
  });
  const manifest = {
    format: 1,
    createdAt: '2026-03-01T10:00:00.250Z',
    service: '1.2.3',
    source: 'main',
    files,
    dataVersions: {},
    namedCatalog: null,
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...changes }));
  return folder;
}

const write = (name: string, text: string) => (folder: string) => writeFileSync(join(folder, name), text);
const remove = (name: string) => (folder: string) => rmSync(join(folder, name));

test('a whole one gives its manifest', async () => {
  expect(await verifyBackup(backup())).toMatchObject({ service: '1.2.3' });
});

test.each([
  ['no manifest', remove('manifest.json'), 'manifest.json is missing; a backup that was cut off has none'],
  [
    'a file in the place of the folder',
    (folder: string) => (rmSync(folder, { recursive: true }), writeFileSync(folder, '')),
    'ENOTDIR',
  ],
  ['no JSON', write('manifest.json', '{'), 'is not JSON'],
  ['null', write('manifest.json', 'null'), 'not one that this version wrote'],
  ['a missing file', remove('main.duckdb'), 'main.duckdb is missing'],
  ['a shorter file', write('main.duckdb', 'row'), 'main.duckdb has 3 bytes, and was saved with 4'],
  ['another file', write('state.sqlite', 'recordz'), 'state.sqlite is damaged'],
])('%s is refused', async (_what, spoil, words) => {
  const folder = backup();
  spoil(folder);
  await expect(verifyBackup(folder)).rejects.toMatchObject({
    code: 'restore.failed',
    detail: expect.stringContaining(words),
  });
});

const file = (name: string) => ({
  name,
  bytes: 0,
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
});
test.each([
  ['a later format', { format: 2 }, 'its format is 2; this version reads format 1'],
  ['a path for a name', { files: [file('../main.duckdb')] }, 'not one that this version wrote'],
  ['a database without records', { files: [file('main.duckdb')] }, 'does not name main.duckdb and state.sqlite'],
  ['a name twice', { files: [file('main.duckdb'), file('main.duckdb'), file('state.sqlite')] }, 'once each'],
])('%s is refused', async (_what, changes, words) => {
  await expect(verifyBackup(backup(changes))).rejects.toMatchObject({ detail: expect.stringContaining(words) });
});
