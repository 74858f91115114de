import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { changeLog } from '../../src/analysis/change-log.ts';
import { createEngine } from '../../src/analysis/engine.ts';
import { NOTHING_SAVED } from '../../src/analysis/saved.ts';
import { computePool } from '../../src/lib/compute/pool.ts';
import { registryOf } from '../../src/analysis/registry.ts';
import { openNumbers, versionsOf } from '../../src/analysis/versions.ts';
import { writeQueue } from '../../src/analysis/write-queue.ts';
import { settingsWith } from '../../src/config/settings.ts';
import { CORE_TABLE_NAMES } from '../../src/data/catalog/core-tables.ts';
import { createTable } from '../../src/data/catalog/ddl.ts';
import { loadCatalog } from '../../src/data/catalog/load.ts';
import { openSnowflake } from '../../src/data/warehouse/snowflake/warehouse.ts';
import type { Writer } from '../../src/data/warehouse/port.ts';
import { tenant } from '../../src/data/warehouse/tenant.ts';
import { ANALYSES } from '../../src/features/index.ts';
import { mountAnalyses } from '../../src/http/analyses.ts';
import { cursorsOf } from '../../src/http/cursor.ts';
import type { RequestEnd } from '../../src/http/app-type.ts';
import { createServer } from '../../src/http/server.ts';
import { testStandIn } from './driver.ts';
import { plainDriver } from './imports/plain-driver.ts';

const DAY = '2024-06-15';
const ROWS = [
  `insert into customers (customer_id, customer_name) values ('C1', 'Ann'), ('C2', 'Bo')`,
  `insert into products (product_id, product_name) values ('P1', 'Tea')`,
  `insert into customer_products (relationship_id, customer_id, product_id, start_date) values ('R1', 'C1', 'P1', '2024-01-01')`,
];

/** The service over an account with a few rows; its clock is the test's. */
async function openService() {
  const standIn = await testStandIn();
  const lines: Readonly<Record<string, unknown>>[] = [];
  const owner = tenant('default');
  const settings = settingsWith({ WAREHOUSE: 'snowflake', SNOWFLAKE_DATABASE: 'DEMO', SNAPSHOT_MAX_ROWS: 0 });
  const warehouse = await openSnowflake({
    settings,
    driver: plainDriver(standIn),
    log: (line) => void lines.push(line),
  });
  onTestFinished(() => warehouse.close());
  const run = (...texts: readonly string[]) =>
    warehouse.write(owner, async (writer) => {
      for (const text of texts) await writer.run(text);
    });
  for (const name of CORE_TABLE_NAMES) await run(createTable(name, [], name, warehouse.dialect));
  await run(...ROWS);
  const catalog = await loadCatalog({ warehouse, tenant: owner, isolation: settings.ISOLATION });
  let time = 0;
  const numbers = await openNumbers(warehouse, owner);
  const versions = versionsOf({ warehouse, tenant: owner, catalog, settings, numbers, now: () => time });
  const clock = () => new Date(`${DAY}T12:00:00Z`);
  const parts = { settings, warehouse, catalog, versions, changes: changeLog(), registry: registryOf(ANALYSES), clock };
  const engine = createEngine({
    ...parts,
    isDemo: false,
    compute: computePool({ size: 1 }),
    saved: () => Promise.resolve(NOTHING_SAVED),
  });
  const app = createServer({ settings, logger: pino({ level: 'silent' }), version: 'test' });
  onTestFinished(() => app.close());
  const queue = writeQueue(engine, owner);
  mountAnalyses(app, {
    engine,
    cursors: cursorsOf('a secret of the tests'),
    writesOf: () => queue,
    onceOnly: (_request, _tenant, target, write) => write(target, false),
    tenantOf: () => owner,
  });
  const ends: RequestEnd[] = [];
  app.onRequestEnd((end) => void ends.push(end));
  await app.ready();
  const ask = (url: string) =>
    app.inject({ method: 'GET', url, headers: { host: 'test', 'x-request-id': 'request-1' } });
  const get = async (url: string) => {
    const reply = await ask(url);
    expect([url, reply.statusCode, reply.body]).toEqual([url, 200, expect.anything()]);
    return reply.headers['content-type']?.toString().includes('json') === true ? reply.json<Answer>() : undefined;
  };
  return {
    standIn,
    queue,
    lines,
    run,
    ends,
    ask,
    get,
    wait: (seconds: number) => void (time += seconds * 1000),
    /** Texts that the account was sent meanwhile. */
    async sent(work: () => Promise<unknown>) {
      const before = standIn.log.statements.length;
      await work();
      return standIn.log.statements.slice(before).map(({ sql }) => sql!);
    },
  };
}
type Answer = {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly meta: Readonly<Record<string, object>>;
};

const SUMMARY = `/v1/analyses/ownership.summary?asOf=${DAY}`;

test('a kept answer is one question for tokens after the TTL and none before, whatever else is asked', async () => {
  const service = await openService();
  const first = await service.sent(() => service.get(SUMMARY));
  expect(first.length).toBe(2);
  expect(await service.sent(() => service.get(SUMMARY))).toEqual([]);
  service.wait(3600);
  const [check, ...rest] = await service.sent(() => Promise.all([service.get(SUMMARY), service.get(SUMMARY)]));
  expect(rest).toEqual([]);
  expect(check).toBe(first[0]);
  expect(check?.match(/SYSTEM\$LAST_CHANGE_COMMIT_TIME/g)?.length).toBe(3);
});

test('a page, a record, a look-up and a file are one statement each', async () => {
  const service = await openService();
  for (const path of [
    '/v1/customers?limit=1',
    '/v1/customers/C1',
    '/v1/customers?format=csv',
    `/v1/customers/C1/products?asOf=${DAY}`,
    `/v1/products/P1/customers?asOf=${DAY}`,
  ]) {
    const sent = await service.sent(() => service.get(path));
    expect([path, sent.length]).toEqual([path, 1]);
    service.wait(3600);
  }
});

test('what another program writes is in the answer after the TTL', async () => {
  const service = await openService();
  const customers = async () => (await service.get(SUMMARY))!.data[0]!['customers'];
  expect(await customers()).toBe(2);
  await service.run(`insert into customers (customer_id) values ('C3')`);
  expect(await customers()).toBe(2);
  service.wait(5);
  expect(await customers()).toBe(3);
  expect((await service.get(SUMMARY))!.meta['dataVersion']).toMatchObject({
    customers: expect.stringMatching(/^\d+$/),
  });
});

test('a table of which the account tells no token is answered all the same, and the others keep theirs', async () => {
  const service = await openService();
  await service.standIn.admin(`delete from stand_in.main.changes where name like '%PRODUCTS%'`);
  expect((await service.get(SUMMARY))!.data.length).toBe(1);
  expect(await service.sent(() => service.get(SUMMARY))).toEqual([]);
  expect(Object.keys((await service.get(SUMMARY))!.meta['dataVersion']!)).toEqual(['customers']);
});

test('what is streamed says its bytes when it ends, and that it is to be asked for again', async () => {
  const { ask, ends, lines } = await openService();
  const lookup = `/v1/analyses/ownership.lookup?asOf=${DAY}&customerIds=C1`;
  for (const url of ['/v1/customers?format=csv', lookup]) {
    lines.length = 0;
    const { statusCode, headers, body } = await ask(url);
    expect([statusCode, headers]).toMatchObject([200, { 'cache-control': 'private, no-cache', vary: 'accept' }]);
    const bytes = lines.reduce((sum, line) => sum + Number(line['bytes']), 0);
    expect(bytes).toBeGreaterThan(0);
    expect(ends.at(-1)!.facts.statementBytes).toBe(bytes);
    if (url === lookup) expect((JSON.parse(body) as Answer).meta['timing']).toMatchObject({ bytes });
  }
});

test('statements are logged with the analysis and the request, those of writes too; explain names them', async () => {
  const { get, lines, queue } = await openService();
  lines.length = 0;
  const { meta } = (await get('/v1/customers?limit=1&explain=true'))!;
  const { statements } = meta['explain'] as { statements: readonly { queryId: string; bytes: number }[] };
  expect(statements).toMatchObject([{ queryId: lines[0]!['queryId'], bytes: lines[0]!['bytes'] }]);
  const write = async (writer: Writer) => {
    await writer.run(`update customers set customer_name = 'Bea' where customer_id = 'C1'`);
    return { value: 1, changed: { customers: 'all' as const } };
  };
  await queue.submit(write, undefined, { analysis: 'customers.list', requestId: 'request-2' });
  const told = lines.map(({ tag }) => JSON.parse(String(tag)) as object);
  // A transaction begins and ends for all whose writes are in it.
  const ofAll = expect.not.objectContaining({ analysis: expect.anything() }) as object;
  expect(told).toEqual([
    expect.objectContaining({ analysis: 'customers.list', requestId: 'request-1' }),
    ofAll,
    expect.objectContaining({ analysis: 'customers.list', requestId: 'request-2' }),
    ofAll,
  ]);
});
