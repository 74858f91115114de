import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { settingsWith, type Settings } from '../../src/config/settings.ts';
import type { AppError } from '../../src/lib/app-error.ts';
import { openDriver } from '../../src/data/warehouse/snowflake/driver-thread.ts';
import { openTestSnowflake } from '../../src/data/warehouse/snowflake/test-warehouse.ts';
import { threadOver } from '../../src/data/warehouse/snowflake/thread-handle.ts';
import { testStandIn } from './driver.ts';
import type { StandInOptions } from './options.ts';
import type { StandIn } from './stand-in.ts';
import { accountSettings } from './account-settings.ts';

/** Runs for minutes on the stand-in. */
const ENDLESS =
  'select count(*) as n from table(generator(rowcount => 1000000)) a cross join table(generator(rowcount => 1000000)) b';

type Changes = Partial<Settings> & { readonly now?: () => number; readonly standInOptions?: StandInOptions };

/** The warehouse on the real driver, in its thread, over a stand-in that carries repeated requests out again. */
async function open({ now, standInOptions, ...changes }: Changes = {}) {
  const standIn = await testStandIn(standInOptions);
  const account = {
    ...accountSettings(standIn),
    SNOWFLAKE_RETRY_SECONDS: 5,
    ...changes,
  } as const;
  const workers: Worker[] = [];
  const driver = openDriver(settingsWith(account), {
    start(data) {
      const worker = new Worker(new URL('../../src/data/warehouse/snowflake/thread/main.ts', import.meta.url), {
        workerData: data,
        env: { ...process.env },
      });
      workers.push(worker);
      return threadOver(worker);
    },
  });
  const db = await openTestSnowflake({ driver, ...account, ...(now && { now }) });
  onTestFinished(() => db.warehouse.close());
  return { standIn, driver, workers, ...db };
}

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('nothing failed'),
    (error: AppError) => error,
  );
const sent = ({ log }: StandIn) => log.statements.map(({ sql }) => sql);
/** Waits until the server has begun a statement. */
async function begun(standIn: StandIn, part: string) {
  await expect
    .poll(() => sent(standIn).some((sql) => sql?.includes(part)), { timeout: 20_000, interval: 5 })
    .toBe(true);
}

test('nobody signs in before the first statement; each is tagged and limited', async () => {
  const { standIn, rows, lines } = await open();
  expect(standIn.log.requests).toEqual([]);
  expect(await rows('select ? as x', ['1'], { tag: { analysis: 'a.b', requestId: 'r' } })).toEqual([['1']]);
  const [statement] = standIn.log.statements;
  const tag = '{"service":"customer-analytics","analysis":"a.b","tenant":"default","requestId":"r"}';
  expect(statement).toMatchObject({
    sql: 'select ? as x',
    tag,
    parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 30, STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: 30 },
  });
  expect(lines).toEqual([
    { queryId: statement!.queryId, ms: expect.any(Number), rows: 1, bytes: expect.any(Number), tag },
  ]);
  expect(lines[0]!['bytes']).toBeGreaterThan(0);
});

test('asking whether the account is there runs no statement, and signs in again when the session has ended', async () => {
  const { standIn, warehouse, tenant } = await open({ SNOWFLAKE_RETRY_SECONDS: 0, SNOWFLAKE_LOGIN_SECONDS: 2 });
  expect(await warehouse.ping(tenant)).toBeGreaterThan(0);
  standIn.expireSessions(true);
  expect(await warehouse.ping(tenant)).toBeGreaterThan(0);
  expect(sent(standIn)).toEqual([]);
  expect(standIn.log.of('login')).toHaveLength(2);
  standIn.faults.add({ on: 'heartbeat', action: { kind: 'status', status: 503 }, times: 100 });
  standIn.faults.add({ on: 'login', action: { kind: 'status', status: 503 }, times: 100 });
  expect(await errorOf(warehouse.ping(tenant))).toMatchObject({ code: 'warehouse.unavailable' });
});

test('describe compiles and does not run', async () => {
  const { standIn, warehouse, tenant } = await open();
  expect(await warehouse.describe(tenant, `${ENDLESS};`)).toMatchObject([{ name: 'N', type: 'integer' }]);
  expect(standIn.log.statements).toHaveLength(1);
});

test('a deadline, an abort and the end of the service cancel on the server', async () => {
  const { standIn, query, warehouse } = await open();
  await query('select 1');
  expect(await errorOf(query(ENDLESS, [], { seconds: 0.3 }))).toMatchObject({ code: 'statement.timeout' });
  expect(standIn.log.of('abort')).toHaveLength(1);
  standIn.log.clear();
  const controller = new AbortController();
  const aborted = errorOf(query(ENDLESS, [], { signal: controller.signal }));
  await begun(standIn, 'cross join');
  controller.abort();
  expect(await aborted).toMatchObject({ code: 'statement.cancelled' });
  expect(standIn.log.of('abort')).toHaveLength(1);
  expect(await query('select 1')).toMatchObject({ rowCount: 1 });
  standIn.log.clear();
  const running = errorOf(query(ENDLESS));
  await begun(standIn, 'cross join');
  await warehouse.close();
  expect(await running).toMatchObject({ code: 'warehouse.unavailable' });
  expect(standIn.log.of('abort')).toHaveLength(1);
  expect(standIn.openSessions).toBe(0);
});

test('an answer to DML that is lost: nothing is stored, and the error says so', async () => {
  const { standIn, script, rows } = await open();
  await script('create table t (i bigint)');
  standIn.faults.add({ on: 'query', action: { kind: 'lost' }, sql: 'insert into t' });
  expect(await errorOf(script('insert into t values (1)'))).toMatchObject({
    code: 'write.rolled_back',
    detail: expect.stringContaining('nothing of the transaction is stored'),
  });
  expect(await rows('select i from t')).toEqual([]);
  expect(sent(standIn).filter((sql) => sql?.startsWith('insert'))).toHaveLength(1);
  await script('insert into t values (2)');
  expect(await rows('select i from t')).toEqual([[2]]);
});

test('an answer to COMMIT that is lost: sent again on the same session, stored exactly once', async () => {
  const { standIn, script, rows } = await open();
  await script('create table t (i bigint)');
  standIn.log.clear();
  standIn.faults.add({ on: 'query', action: { kind: 'lost' }, sql: 'commit', times: 2 });
  await script('insert into t values (1)');
  expect(await rows('select i from t')).toEqual([[1]]);
  const commits = standIn.log.statements.filter(({ sql }) => sql === 'commit');
  expect(commits).toHaveLength(3);
  expect(new Set(commits.map(({ requestId }) => requestId)).size).toBe(1);
  expect(new Set(commits.map(({ sessionId }) => sessionId)).size).toBe(1);
});

test('an answer to COMMIT that never comes: not known, and the error says so', async () => {
  const { standIn, script, rows } = await open({ SNOWFLAKE_RETRY_SECONDS: 1 });
  await script('create table t (i bigint)');
  standIn.faults.add({ on: 'query', action: { kind: 'lost' }, sql: 'commit', times: 1 });
  standIn.faults.add({ on: 'query', action: { kind: 'status', status: 503 }, sql: 'commit', times: 100 });
  expect(await errorOf(script('insert into t values (1)'))).toMatchObject({ code: 'write.unknown' });
  standIn.faults.clear();
  // Here it was stored.
  expect(await rows('select i from t')).toEqual([[1]]);
  await script('insert into t values (2)');
  expect(await rows('select count(*) from t')).toEqual([[2]]);
});

test('the thread that is killed in the middle of statements ends them, and is started again', async () => {
  const { standIn, workers, driver, query, stream, script, rows } = await open();
  await script('create table t (i bigint)');
  // Sessions that nobody uses when it happens.
  await Promise.all([rows('select 1'), rows('select 2'), rows('select 3')]);
  for await (const { rowCount } of (await stream('select 1')).batches) expect(rowCount).toBe(1);
  const running = errorOf(query(ENDLESS));
  const writing = errorOf(script('insert into t values (1)', `insert into t ${ENDLESS}`));
  await begun(standIn, 'select count(*) as n from table(generator');
  await begun(standIn, 'insert into t select');
  await workers[0]!.terminate();
  expect(await running).toMatchObject({ code: 'warehouse.unavailable', headers: { 'retry-after': '1' } });
  expect(await writing).toMatchObject({ code: 'write.rolled_back' });
  expect(await Promise.all([1, 2, 3].map(() => rows('select i from t')))).toEqual([[], [], []]);
  for await (const { rowCount } of (await stream('select 1')).batches) expect(rowCount).toBe(1);
  expect(driver.restarts).toBe(1);
});

test('sessions that the account has ended are replaced within the same call, also at the start of a write', async () => {
  const { standIn, rows, script } = await open();
  await script('create table t (i bigint)');
  await rows('select 1');
  standIn.expireSessions(true);
  expect(await rows('select 2')).toEqual([[2]]);
  await script('insert into t values (1)');
  expect(await rows('select i from t')).toEqual([[1]]);
});

test('32 statements at once on a pool of 8: each is answered, by 8 sessions', async () => {
  const { standIn, rows } = await open({ FAST_CONNECTIONS: 8 });
  const numbers = [...Array(32).keys()];
  expect(await Promise.all(numbers.map((i) => rows('select ? as i', [i])))).toEqual(numbers.map((i) => [[i]]));
  expect(standIn.log.of('login')).toHaveLength(8);
  expect(standIn.openSessions).toBe(8);
});

test('an account that answers 503: tried a few times, then left alone, then well again', async () => {
  let now = 0;
  const { standIn, query } = await open({ now: () => now, SNOWFLAKE_RETRY_SECONDS: 0 });
  await query('select 1');
  standIn.faults.add({ on: 'query', action: { kind: 'status', status: 503 }, times: 1000 });
  for (let i = 0; i < 3; i++) expect(await errorOf(query('select 1'))).toMatchObject({ code: 'warehouse.unavailable' });
  standIn.log.clear();
  for (let i = 0; i < 50; i++) {
    expect(await errorOf(query('select 1'))).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  }
  expect(standIn.log.requests).toEqual([]);
  now = 5000;
  await errorOf(query('select 1'));
  expect(standIn.log.statements).toHaveLength(1);
  standIn.faults.clear();
  expect(await errorOf(query('select 1'))).toMatchObject({ headers: { 'retry-after': '5' } });
  now = 10_000;
  expect(await query('select 1')).toMatchObject({ rowCount: 1 });
  expect(await query('select 1')).toMatchObject({ rowCount: 1 });
});

test('503 for a while is borne within the call', async () => {
  const { standIn, query } = await open();
  standIn.faults.add({ on: 'query', action: { kind: 'status', status: 503 }, times: 2 });
  expect(await query('select 1')).toMatchObject({ rowCount: 1 });
});

test('a stream is left early, cut and aborted without harm to the next', async () => {
  const { standIn, stream, rows, warehouse } = await open({ standInOptions: { inlineRows: 100, chunkRows: 1000 } });
  const many = 'select seq4() as n from table(generator(rowcount => 20000)) order by n nulls last';
  let count = 0;
  for await (const { rowCount } of (await stream(many)).batches) {
    count += rowCount;
    if (count > 2000) break;
  }
  expect(warehouse.state().heavy.busy).toBe(0);
  const controller = new AbortController();
  const aborted = await stream(many, [], { signal: controller.signal });
  const read = async () => {
    for await (const { rowCount } of aborted.batches) if (rowCount > 0) controller.abort();
  };
  expect(await errorOf(read())).toMatchObject({ code: 'statement.cancelled' });
  standIn.expireChunks();
  let all = 0;
  for await (const { rowCount } of (await stream(many)).batches) all += rowCount;
  expect(all).toBe(20_000);
  expect(await rows('select 1', [], { lane: 'heavy' })).toEqual([[1]]);
});
