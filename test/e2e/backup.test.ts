import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importReports } from '../../src/data/state/import-reports.ts';
import { openState } from '../../src/data/state/open-state.ts';
import { tenant } from '../../src/data/warehouse/tenant.ts';
import { folderWith, managedData } from './data-folder.ts';
import { processOf, service } from './service-process.ts';

type Row = { readonly id: string };

/** An import that failed, among the service's own records. */
async function recordedImport(dataDir: string): Promise<void> {
  const state = openState({ file: join(dataDir, 'state.sqlite'), clock: () => new Date() });
  const reports = importReports(state);
  const { id } = await reports.start(tenant('default'), 'mine.yaml');
  await reports.finish(tenant('default'), id, 'failed', null);
  state.close();
}

const LISTS = ['/v1/customers', '/v1/products', '/v1/relationships'];

/** Every row of every core table, as the service writes it. */
async function everything(address: string): Promise<readonly string[]> {
  const pages = LISTS.map(async (path) => {
    const text = await (await fetch(`${address}${path}?format=ndjson`)).text();
    return text.trimEnd().split('\n').toSorted();
  });
  return (await Promise.all(pages)).flat();
}

const keyed = (address: string, id: string) =>
  fetch(`${address}/v1/customers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `key-${id}` },
    body: JSON.stringify({ customerId: id, customerName: `Written ${id}` }),
  });

const cli = (args: readonly string[], dataDir: string, env = {}) =>
  processOf('cli', args, { DATA_DIR: dataDir, ...env }).ended;

/** Creates customers one after the other until stopped; those that were acknowledged, in order. */
function keepWriting(address: string, letter: string) {
  const acknowledged: Row[] = [];
  let isOn = true;
  const done = (async () => {
    for (let i = 0; isOn; i += 1) {
      const id = `${letter}${String(i).padStart(5, '0')}`;
      const answer = await keyed(address, id);
      if (answer.status !== 201) throw new Error(`${id}: ${answer.status} ${await answer.text()}`);
      acknowledged.push({ id });
    }
  })();
  const atLeast = async (count: number) => {
    while (acknowledged.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { acknowledged, atLeast, stop: () => ((isOn = false), done) };
}

test('a backup under writes holds what was acknowledged before, in the order of writes, and restore serves exactly it', async () => {
  const dataDir = folderWith();
  await managedData(dataDir, 300, 5_000);
  await recordedImport(dataDir);
  const running = service(dataDir);
  const address = await running.serves();
  const writers = ['N', 'M', 'L'].map((letter) => keepWriting(address, letter));
  await Promise.all(writers.map((writer) => writer.atLeast(30)));
  const before = writers.map((writer) => writer.acknowledged.length);
  const target = join(folderWith(), 'new', 'backup');
  const saved = await cli(['backup', target], dataDir);
  expect(saved.code, saved.said).toBe(0);
  expect(saved.out).toMatch(/made and checked in .* s\nthe service at http:\S+ made it; writes waited \d/);
  await Promise.all(writers.map((writer, i) => writer.atLeast(before[i]! + 5)));
  await Promise.all(writers.map((writer) => writer.stop()));
  const etagOf = async (at: string) => (await fetch(`${at}/v1/customers/N00000`)).headers.get('etag');
  const etag = await etagOf(address);
  const importsOf = async (at: string) => (await fetch(`${at}/v1/imports`)).json() as Promise<{ data: unknown[] }>;
  const imports = await importsOf(address);
  expect(imports.data).toHaveLength(1);
  const after = await everything(address);
  await running.stop();
  expect(existsSync(join(dataDir, 'service.json'))).toBe(false);
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([]);

  const refused = await cli(['restore', target], dataDir);
  expect([refused.code, refused.said]).toEqual([1, expect.stringMatching(/holds data .*; --replace moves them aside/)]);
  const restored = await cli(['restore', target, '--replace'], dataDir);
  expect(restored.code, restored.said).toBe(0);

  const again = service(dataDir);
  const there = await again.serves();
  const rows = await everything(there);
  const isNew = (line: string) => line.includes('"Written ');
  const saidNew = rows.filter(isNew).map((line) => (JSON.parse(line) as { customerId: string }).customerId);
  for (const [i, { acknowledged }] of writers.entries()) {
    const order = acknowledged.map(({ id }) => id);
    const found = saidNew.filter((id) => id[0] === order[0]![0]);
    expect(found).toEqual(order.slice(0, found.length));
    expect(found.length).toBeGreaterThanOrEqual(before[i]!);
    expect(found.length).toBeLessThan(order.length);
  }
  expect(rows.filter((line) => !isNew(line))).toEqual(after.filter((line) => !isNew(line)));
  expect(await etagOf(there)).toBe(etag);
  expect(await importsOf(there)).toEqual(imports);
  // A write in the backup is replayed by its key, one behind it is written now.
  const replay = await keyed(there, writers[0]!.acknowledged[5]!.id);
  expect([replay.status, replay.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  // Of the last ones the key may have been saved as started only: their records answer for them.
  for (const id of saidNew.slice(-3)) expect((await keyed(there, id)).status).toBe(201);
  expect((await keyed(there, writers[0]!.acknowledged.at(-1)!.id)).status).toBe(201);
  // What was there is kept.
  const replaced = readdirSync(dataDir).find((name) => name.startsWith('replaced-'));
  expect(readdirSync(join(dataDir, replaced!))).toContain('main.duckdb');
});

test('demo data are not saved, whether the service runs or not', async () => {
  const dataDir = folderWith();
  const running = service(dataDir);
  await running.serves();
  const target = join(folderWith(), 'backup');
  const asked = await cli(['backup', target], dataDir);
  expect([asked.code, asked.said]).toEqual([
    1,
    expect.stringMatching(/answered 409: What is served is generated demo data/),
  ]);
  await running.stop();
  const alone = await cli(['backup', target], dataDir);
  expect([alone.code, alone.said]).toEqual([1, expect.stringContaining('generated demo data')]);
  expect(existsSync(target)).toBe(false);
});

test('a service that was killed is not asked; its files are saved as they are, and restore refuses a served folder', async () => {
  const dataDir = folderWith();
  await managedData(dataDir, 10, 100);
  const first = service(dataDir);
  const address = await first.serves();
  expect((await keyed(address, 'kept')).status).toBe(201);
  await first.stop('SIGKILL');
  expect(existsSync(join(dataDir, 'service.json'))).toBe(true);
  const target = join(folderWith(), 'backup');
  const saved = await cli(['backup', target], dataDir);
  expect(saved.code, saved.said).toBe(0);
  expect(saved.out).not.toContain('the service at');

  const second = service(dataDir);
  await second.serves();
  const refused = await cli(['restore', target, '--replace'], dataDir);
  expect([refused.code, refused.said]).toEqual([
    1,
    expect.stringMatching(/a service runs on this DATA_DIR .*; stop it/),
  ]);
  await second.stop();
  const elsewhere = folderWith();
  expect((await cli(['restore', target], elsewhere)).code).toBe(0);
  const third = service(elsewhere);
  const there = await third.serves();
  expect((await fetch(`${there}/v1/customers/kept`)).status).toBe(200);
});

test('while a backup is made the database stays locked', async () => {
  const dataDir = folderWith();
  await managedData(dataDir, 10, 100);
  const running = service(dataDir);
  const address = await running.serves();
  const { status } = await fetch(`${address}/v1/admin/backups`, { method: 'POST' });
  expect(status).toBe(201);
  const other = await service(dataDir).ended;
  expect([other.code, other.said]).toEqual([1, expect.stringMatching(/Another process has .*main\.duckdb open/)]);
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'service.json'), 'utf8')) as { pid: number };
  expect(pid).toBe(running.child.pid);
});
