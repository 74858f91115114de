import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataPaths } from '../../../data/source.ts';
import { removeLeftovers } from './leftovers.ts';

test('uploaded files stay as long as the kept catalog reads them, and no others', async () => {
  const root = mkdtempSync(join(tmpdir(), 'leftovers-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const paths = dataPaths({ DATA_DIR: root, DUCKDB_FILE: '' });
  const raw = (name: string) => join(root, 'raw', name);
  for (const name of ['import-1', 'import-12', 'by-hand']) mkdirSync(raw(name), { recursive: true });
  writeFileSync(paths.catalog, `tables: { people: { file: ${raw('import-12')}/people.csv } }\n`);
  await removeLeftovers(paths, 1);
  expect(['import-1', 'import-12', 'by-hand'].map((name) => existsSync(raw(name)))).toEqual([false, true, true]);
});
