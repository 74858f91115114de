import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { runCommand } from '../../src/commands.ts';
import { folderWith, openListening } from '../imports-client.ts';
import type { ImportReport } from '../../src/features/imports/model.ts';

const CATALOG = `version: 1
imports:
  sources:
    items: { file: items.csv }
  tables:
    products:
      sql: select id as product_id, name as product_name from items
      on_reject: reject
`;

/** What `npm run import -- --json` reports of a file of products, under these settings. */
async function imported(csv: string, env: Readonly<Record<string, string>>): Promise<ImportReport> {
  const folder = mkdtempSync(join(tmpdir(), 'import-limits-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'catalog.yaml'), CATALOG);
  writeFileSync(join(folder, 'items.csv'), csv);
  const out: string[] = [];
  const code = await runCommand(['import', '--catalog', 'catalog.yaml', '--json'], {
    env: { DATA_DIR: join(folder, 'data'), MEMORY_LIMIT: '500MB', THREADS: '1', ...env },
    cwd: folder,
    stdout: (line) => void out.push(line),
    stderr: () => undefined,
  });
  expect(code).toBe(0);
  return JSON.parse(out.join('\n')) as ImportReport;
}

/** Every rejected record is counted; as many as the setting says are shown. */
export async function rejectSamples(): Promise<void> {
  const csv = `id,name\nP1,Tea\n${Array.from({ length: 7 }, (_, i) => `B${i},ragged,record\n`).join('')}`;
  for (const samples of [0, 2]) {
    const [source] = (await imported(csv, { REJECT_SAMPLES: String(samples) })).sources;
    const shown = ['B0', 'B1'].slice(0, samples).map((id, i) => ({ line: 3 + i, text: `${id},ragged,record` }));
    expect(source?.rejects).toEqual([{ reason: 'csv.columns', rows: 7, samples: shown }]);
  }
}

/** A longer record is rejected with a reason; the others are imported. */
export async function importRecordBytes(): Promise<void> {
  const csv = `id,name\nP1,Tea\nP2,${'x'.repeat(200)}\nP3,Pot\n`;
  const { sources, tables } = await imported(csv, { IMPORT_RECORD_BYTES: '100' });
  expect(sources[0]).toMatchObject({ read: 2, rejects: [{ reason: 'csv.too_long', rows: 1, samples: [{ line: 3 }] }] });
  expect(tables[0]?.rowsOut).toBe(2);
  const { sources: all } = await imported(csv, { IMPORT_RECORD_BYTES: '1000' });
  expect(all[0]).toMatchObject({ read: 3, rejects: [] });
}

const PRODUCTS = 'product_id,product_name\nP1,Tea\nP1,Pot\n';

/** A file with more bytes fails the import, and the setting is named. */
export async function importBytes(): Promise<void> {
  const small = await openListening(folderWith(), { DEMO: 'off', IMPORT_BYTES: PRODUCTS.length - 1 });
  const refused = await small.imported('?table=products&onError=reject', { 'p.csv': PRODUCTS });
  expect(refused).toMatchObject({ state: 'failed', problem: expect.stringContaining('IMPORT_BYTES') });
  const enough = await openListening(folderWith(), { DEMO: 'off', IMPORT_BYTES: PRODUCTS.length });
  const taken = await enough.imported('?table=products&onError=reject', { 'p.csv': PRODUCTS });
  expect(taken.state).toBe('imported');
}

/** More bytes of files are refused while they come. */
export async function uploadBytes(): Promise<void> {
  const UPLOAD_BYTES = PRODUCTS.length;
  const { upload, ended } = await openListening(folderWith(), { DEMO: 'off', UPLOAD_BYTES });
  const taken = await upload('?table=products', { 'p.csv': PRODUCTS });
  expect(taken.status).toBe(202);
  await ended(taken.json.data.id);
  const { status, json } = await upload('?table=products', { 'p.csv': `${PRODUCTS} ` });
  expect([status, json.code]).toEqual([413, 'upload.too_large']);
}

/** Rejected rows stay for the newest imports. */
export async function importsKept(): Promise<void> {
  const { imported, ask } = await openListening(folderWith(), { DEMO: 'off', IMPORTS_KEPT: 1 });
  for (const mode of ['replace', 'replace'])
    await imported(`?table=products&onError=reject&mode=${mode}`, { 'p.csv': PRODUCTS });
  const kept = await Promise.all([1, 2].map(async (id) => (await ask(`/v1/imports/${id}/rejects`)).text !== ''));
  expect(kept).toEqual([false, true]);
}
