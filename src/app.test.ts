import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientOf } from '../test/world-client.ts';
import { createService } from './app.ts';
import { runCommand } from './commands.ts';
import { settingsWith, type Settings } from './config/settings.ts';
import { openDuckdb } from './data/warehouse/duckdb/warehouse.ts';
import { tenant } from './data/warehouse/tenant.ts';

function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'app-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const LIMITS = { MEMORY_LIMIT: 512 * 1024 ** 2, THREADS: 1 };

function create(folder: string, changes: Partial<Settings> = {}) {
  return createService({
    settings: settingsWith({ DATA_DIR: folder, ...LIMITS, ...changes }),
    logger: pino({ level: 'silent' }),
    version: '1.2.3',
    clock: () => new Date('2026-10-01T12:00:00Z'),
    progress: () => undefined,
  });
}

async function served(folder: string, changes: Partial<Settings> = {}) {
  const service = await create(folder, changes);
  onTestFinished(() => service.close());
  return { ...service, ...service.current(), ...clientOf(service.current().app) };
}

/** Runs `npm run demo -- --size XS`, so that the folder has demo data. */
async function makeDemo(folder: string): Promise<void> {
  const io = { cwd: folder, stdout: () => undefined, stderr: () => undefined };
  expect(await runCommand(['demo', '--size', 'XS'], { ...io, env: { DATA_DIR: folder, THREADS: '1' } })).toBe(0);
}

const MAPPED = `version: 1
tables:
  customers:
    file: people.csv
    columns: { customer_id: id, customer_name: name }
  products:
    sql: select 'P' as product_id, 'Product' as product_name
  customer_products:
    sql: select '1' as relationship_id, '2' as customer_id, 'P' as product_id, date '2024-01-01' as start_date
`;

describe('what is served', () => {
  test('the demo while there is nothing else: home, health, metrics, docs and the analyses', async () => {
    const folder = folderWith();
    await makeDemo(folder);
    const { get, source, engine } = await served(folder);
    expect([source.kind, engine.isDemo]).toEqual(['demo', true]);
    const home = JSON.parse((await get('/')).text) as { data: object };
    expect(home.data).toMatchObject({ source: 'demo', isDemo: true, customers: 1_000, products: 100 });
    expect(JSON.parse((await get('/health')).text)).toMatchObject({
      status: 'ok',
      phase: 'ready',
      version: '1.2.3',
      dependencies: [
        { name: 'warehouse', status: 'ok' },
        { name: 'state', status: 'ok' },
      ],
    });
    expect((await get('/readyz')).text).toBe('ready');
    expect((await get('/metrics')).text).toContain('warehouse_connections{lane="heavy"} 2');
    expect((await get('/docs')).status).toBe(200);
    expect((await get('/v1/customers?limit=1')).json.meta).toMatchObject({ demo: true, asOf: '2026-09-30' });
  });

  test('a catalog of the user, over files, without any table of ours', async () => {
    const folder = folderWith({ 'people.csv': 'id,name\nA1,Ann\n2,Bo\n', 'mine.yaml': MAPPED });
    const CATALOG = join(folder, 'mine.yaml');
    const { get, source } = await served(folder, { CATALOG, CURSOR_SECRET: 'mine' });
    expect(source).toMatchObject({ kind: 'main', catalogFile: CATALOG });
    const { data, meta } = (await get('/v1/customers/2/products')).json;
    expect([data, meta['demo']]).toEqual([[expect.objectContaining({ productId: 'P' })], undefined]);
    expect(JSON.parse((await get('/')).text)).toMatchObject({ data: { source: CATALOG, isDemo: false } });
  });

  test('empty tables of our own with DEMO=off; rows that are written stay', async () => {
    const folder = folderWith();
    const service = await create(folder, { DEMO: 'off' });
    const first = clientOf(service.current().app);
    expect((await first.get('/v1/products')).json.data).toEqual([]);
    expect((await first.post('/v1/products', { productId: 'P1', productName: 'Tea' })).status).toBe(201);
    await service.close();
    const again = await served(folder);
    expect(again.source.kind).toBe('main');
    expect((await again.get('/v1/products/P1')).json.data).toMatchObject({ productName: 'Tea' });
  });
});

test('a cursor is good for the next process too, which has the same secret', async () => {
  const folder = folderWith();
  const page = async () => {
    const service = await create(folder, { DEMO: 'off' });
    const client = clientOf(service.current().app);
    for (const productId of ['A', 'B', 'C']) await client.post('/v1/products', { productId });
    return { ...client, close: service.close };
  };
  const first = await page();
  const { nextCursor } = (await first.get('/v1/products?limit=1')).json.page!;
  await first.close();
  const second = await page();
  const rest = (await second.get(`/v1/products?cursor=${nextCursor!}`)).json.data;
  await second.close();
  expect(rest.map(({ productId }) => productId)).toEqual(['B', 'C']);
});

describe('a start that fails', () => {
  test.each([
    ['a catalog with mistakes', 'version: 1\ntables:\n  customerz: { file: nothing.csv }\n', 'catalog.invalid'],
    ['a catalog that is no YAML', '{', 'catalog.invalid'],
  ])('%s: nothing is left open, and no empty database that would hide the demo', async (_what, text, code) => {
    const folder = folderWith({ 'bad.yaml': text });
    await expect(create(folder, { CATALOG: join(folder, 'bad.yaml') })).rejects.toMatchObject({ code });
    expect(readdirSync(folder).filter((name) => name.startsWith('main.duckdb'))).toEqual([]);
    await makeDemo(folder);
    expect((await served(folder)).source.kind).toBe('demo');
  });

  test('a database that was there before stays, and can be opened', async () => {
    const folder = folderWith({ 'bad.yaml': '{' });
    await (await create(folder, { DEMO: 'off' })).close();
    await expect(create(folder, { CATALOG: join(folder, 'bad.yaml') })).rejects.toMatchObject({
      code: 'catalog.invalid',
    });
    expect(existsSync(join(folder, 'main.duckdb'))).toBe(true);
    expect((await (await served(folder)).get('/v1/customers')).status).toBe(200);
  });

  test('a file that is no database stays', async () => {
    const folder = folderWith({ 'main.duckdb': 'no database' });
    await expect(create(folder)).rejects.toMatchObject({ code: 'warehouse.unavailable' });
    expect(existsSync(join(folder, 'main.duckdb'))).toBe(true);
  });

  test('records of the service that cannot be read: the database is not touched', async () => {
    const folder = folderWith({ 'state.sqlite': 'no SQLite file, but longer than its header is: '.repeat(9) });
    await expect(create(folder, { DEMO: 'off' })).rejects.toMatchObject({ code: 'state.unavailable' });
    const warehouse = await openDuckdb({
      settings: settingsWith(LIMITS),
      fileOf: () => join(folder, 'main.duckdb'),
      spillDir: folder,
    });
    expect(await warehouse.tables(tenant('default'))).toEqual([]);
    await warehouse.close();
  });
});
