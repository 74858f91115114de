import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { clientOf } from '../test/world-client.ts';
import { createService } from './app.ts';
import { runCommand } from './commands.ts';
import { settingsWith, type Settings } from './config/settings.ts';
import { openFrontDoor } from './http/front-door.ts';

const CATALOG = (region: string) => `version: 1
tables:
  customers: { attributes: { ${region}: { description: Where. } } }
  regions: { file: regions.csv }
imports:
  sources: { people: { file: people.csv } }
  tables:
    customers: { sql: "select id as customer_id, place as ${region} from people" }
`;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'reload-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

async function listening(folder: string, changes: Partial<Settings> = {}) {
  const settings = settingsWith({
    DATA_DIR: join(folder, 'data'),
    PORT: 0,
    MEMORY_LIMIT: 512 * 1024 ** 2,
    THREADS: 1,
    ...changes,
  });
  const logger = pino({ level: 'silent' });
  const door = openFrontDoor({ settings, logger, version: '1.2.3' });
  const address = await door.listen();
  const service = await createService({
    settings,
    logger,
    version: '1.2.3',
    clock: () => new Date('2026-10-01T12:00:00Z'),
    progress: () => undefined,
    door,
  });
  door.handOver(service.current().app);
  onTestFinished(async () => {
    await door.close();
    await service.close();
  });
  return { address, service };
}

const run = async (folder: string, ...argv: string[]) => {
  const said: string[] = [];
  const io = { cwd: folder, stdout: (line: string) => said.push(line), stderr: (line: string) => said.push(line) };
  const code = await runCommand(argv, { ...io, env: { DATA_DIR: join(folder, 'data'), THREADS: '1' } });
  expect([code, code === 0 ? '' : said.join('\n')]).toEqual([0, '']);
};

const ask = async (url: string, method = 'GET') => {
  const answer = await fetch(url, { method });
  return { status: answer.status, json: (await answer.json()) as Record<string, never> };
};

test('what an import made is served from the next reload on, in place of the demo; connections stay', async () => {
  const folder = folderWith({ 'c.yaml': CATALOG('place'), 'people.csv': 'id,place\nA,x\n', 'regions.csv': 'r\n1\n' });
  await run(folder, 'demo', '--size', 'XS');
  const { address } = await listening(folder);
  expect((await ask(`${address}/v1/customers?limit=1`)).json.meta).toMatchObject({ demo: true });
  await run(folder, 'import', '--catalog', join(folder, 'c.yaml'));
  const { status, json } = await ask(`${address}/v1/admin/catalog:reload`, 'POST');
  expect([status, json]).toMatchObject([
    200,
    { data: { isChanged: true, tables: expect.arrayContaining(['regions']) } },
  ]);
  const after = await ask(`${address}/v1/customers`);
  expect(after.json).toMatchObject({ data: [{ customerId: 'A', attributes: { place: 'x' } }] });
  expect(after.json.meta).not.toHaveProperty('demo');
  expect((await ask(`${address}/v1/admin/catalog:reload`, 'POST')).json).toMatchObject({ data: { isChanged: false } });
});

test('a broken catalog is refused with its mistakes, and the old one is served on', async () => {
  const folder = folderWith({ 'c.yaml': CATALOG('place'), 'people.csv': 'id,place\nA,x\n', 'regions.csv': 'r\n1\n' });
  await run(folder, 'import', '--catalog', join(folder, 'c.yaml'));
  const { address, service } = await listening(folder, { CATALOG: join(folder, 'c.yaml') });
  const before = service.current();
  writeFileSync(join(folder, 'c.yaml'), CATALOG('place').replace('regions.csv', 'nowhere.csv'));
  const { status, json } = await ask(`${address}/v1/admin/catalog:reload`, 'POST');
  expect([status, json.code]).toEqual([422, 'catalog.invalid']);
  expect(json.detail).toContain('nowhere.csv');
  expect(service.current()).toBe(before);
  expect((await ask(`${address}/v1/customers/A`)).json.data).toMatchObject({ attributes: { place: 'x' } });
  writeFileSync(join(folder, 'c.yaml'), CATALOG('place').replace('regions:', 'areas:'));
  expect((await ask(`${address}/v1/admin/catalog:reload`, 'POST')).json).toMatchObject({ data: { isChanged: true } });
  expect((await ask(`${address}/v1/datasets`)).json.data).toContainEqual(expect.objectContaining({ name: 'areas' }));
});

test('a write that began under the old catalog is seen under the new one', async () => {
  const folder = folderWith({ 'c.yaml': CATALOG('place'), 'people.csv': 'id,place\nA,x\n', 'regions.csv': 'r\n1\n' });
  await run(folder, 'import', '--catalog', join(folder, 'c.yaml'));
  const { service } = await listening(folder, { CATALOG: join(folder, 'c.yaml') });
  const old = clientOf(service.current().app);
  writeFileSync(join(folder, 'c.yaml'), CATALOG('place').replace('regions:', 'areas:'));
  const written = old.post('/v1/customers', { customerId: 'B' });
  const isRead = service
    .reload()
    .then(async () => (await clientOf(service.current().app).get('/v1/customers')).json.data);
  expect((await written).status).toBe(201);
  expect((await isRead).length).toBeGreaterThan(0);
  const next = clientOf(service.current().app);
  expect((await next.get('/v1/customers')).json.data).toHaveLength(2);
});

test('an answer that streams while the catalog changes is finished', async () => {
  const folder = folderWith({ 'regions.csv': 'r\n1\n' });
  await run(folder, 'demo', '--size', 'XS');
  const { address, service } = await listening(folder);
  const answer = await fetch(`${address}/v1/relationships?format=csv`);
  const old = service.current();
  writeFileSync(join(folder, 'people.csv'), 'id,place\nA,x\n');
  writeFileSync(join(folder, 'c.yaml'), CATALOG('place'));
  await run(folder, 'import', '--catalog', join(folder, 'c.yaml'));
  await service.reload();
  expect(service.current()).not.toBe(old);
  const text = await answer.text();
  expect(text.trim().split('\n').length).toBeGreaterThan(5_000);
  if (old.app.lifecycle.running > 0) await once(old.app.server, 'close').catch(() => undefined);
});
