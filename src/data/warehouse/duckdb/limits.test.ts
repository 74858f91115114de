import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/app-error.ts';
import { ENDLESS, openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

const opened: TestWarehouse[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.close()));
});
async function open(changes: Parameters<typeof openTestWarehouse>[0]) {
  const db = await openTestWarehouse(changes);
  opened.push(db);
  return db;
}

/** The error that a call rejects with; a failure when it does not. */
async function errorOf(call: Promise<unknown>): Promise<AppError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(AppError);
  return outcome as AppError;
}

const BIG_SORT =
  'select i, md5(cast(i as varchar)) as s from range(3000000) t(i) order by s nulls last limit 5 offset 2000000';

describe('queues', () => {
  it.each(['fast', 'heavy'] as const)('%s: what the queue does not hold is refused at once', async (lane) => {
    const db = await open({ FAST_CONNECTIONS: 2, FAST_QUEUE: 3, HEAVY_CONNECTIONS: 2, HEAVY_QUEUE: 3 });
    const controller = new AbortController();
    const options = { lane, signal: controller.signal };
    const first = Array.from({ length: 5 }, () => errorOf(db.query(ENDLESS, [], options)));
    await db.query('select 1', [], { lane: lane === 'fast' ? 'heavy' : 'fast' });
    expect(db.warehouse.state()[lane]).toEqual({ connections: 2, busy: 2, waiting: 3, refused: 0 });
    const refused = await errorOf(db.query(ENDLESS, [], options));
    expect(refused).toMatchObject({ code: 'warehouse.busy', status: 503, headers: { 'retry-after': '1' } });
    expect(db.warehouse.state()[lane].refused).toBe(1);
    controller.abort();
    for (const error of await Promise.all(first)) expect(error.code).toBe('statement.cancelled');
    expect(db.warehouse.state()[lane]).toEqual({ connections: 2, busy: 0, waiting: 0, refused: 1 });
    expect(await db.rows('select 1', [], { lane })).toEqual([[1]]);
  });

  it('QUEUE_SECONDS: the longest wait', async () => {
    const db = await open({ HEAVY_CONNECTIONS: 1, QUEUE_SECONDS: 0.05 });
    const held = await db.stream('select i from range(1000000) t(i)');
    const error = await errorOf(db.query('select 1', [], { lane: 'heavy' }));
    expect(error).toMatchObject({ code: 'warehouse.busy', headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    for await (const _ of held.batches) break;
    expect(await db.rows('select 1', [], { lane: 'heavy' })).toEqual([[1]]);
  });

  it('waiting is told apart from running', async () => {
    const db = await open({ HEAVY_CONNECTIONS: 1, STATEMENT_SECONDS: 20 });
    const held = await db.stream('select i from range(1000000) t(i)');
    const waiting = db.query('select 1', [], { lane: 'heavy' });
    const since = performance.now();
    await db.query('select count(*) from range(10000000) t(i) where i % 7 = 8');
    const least = performance.now() - since;
    for await (const _ of held.batches) break;
    expect((await waiting).waitMs).toBeGreaterThanOrEqual(least * 0.9);
  });

  it('look-ups are answered while the heavy lane and its queue are full', async () => {
    const db = await open({ HEAVY_CONNECTIONS: 2, HEAVY_QUEUE: 4 });
    await db.script("create table t as select i, 'name ' || i as name from range(100000) r(i)");
    const controller = new AbortController();
    const heavy = Array.from({ length: 6 }, () =>
      errorOf(db.query(ENDLESS, [], { lane: 'heavy', signal: controller.signal })),
    );
    for (let i = 0; i < 50; i++) expect(await db.rows('select name from t where i = ?', [i])).toEqual([[`name ${i}`]]);
    expect(db.warehouse.state().heavy).toMatchObject({ busy: 2, waiting: 4 });
    controller.abort();
    await Promise.all(heavy);
  });
});

describe('time', () => {
  it.each(['fast', 'heavy'] as const)('STATEMENT_SECONDS: the longest run of a query (%s)', async (lane) => {
    const db = await open({ STATEMENT_SECONDS: 0.1 });
    const error = await errorOf(db.query(ENDLESS, [], { lane }));
    expect(error).toMatchObject({ code: 'statement.timeout', status: 504 });
    expect(error.detail).toContain('STATEMENT_SECONDS');
    expect(await db.rows('select 1', [], { lane })).toEqual([[1]]);
  });

  it('a call may ask for less', async () => {
    const db = await open({});
    expect((await errorOf(db.query(ENDLESS, [], { seconds: 0.05 }))).code).toBe('statement.timeout');
  });

  it('STREAM_SECONDS: a stream is cut with an error, never with a silent end', async () => {
    const db = await open({ STREAM_SECONDS: 0.2, HEAVY_CONNECTIONS: 1 });
    const stream = await db.stream('select i from range(100000000000) t(i)');
    let rowCount = 0;
    const error = await errorOf(
      (async () => {
        for await (const batch of stream.batches) rowCount += batch.rowCount;
      })(),
    );
    expect(error.code).toBe('statement.timeout');
    expect(error.detail).toContain('STREAM_SECONDS');
    expect(rowCount).toBeGreaterThan(0);
    expect(await db.rows('select 1', [], { lane: 'heavy' })).toEqual([[1]]);
  });

  it('STREAM_SECONDS: also one whose first row never comes', async () => {
    const db = await open({ STREAM_SECONDS: 0.1, HEAVY_CONNECTIONS: 1 });
    expect((await errorOf(db.stream(ENDLESS))).code).toBe('statement.timeout');
    expect(await db.rows('select 1', [], { lane: 'heavy' })).toEqual([[1]]);
  });

  it('an aborted signal stops the engine with its own reason', async () => {
    const db = await open({});
    const controller = new AbortController();
    const running = errorOf(db.query(ENDLESS, [], { signal: controller.signal }));
    await db.query('select 1');
    controller.abort(new AppError('service.draining', 'closing down'));
    expect((await running).code).toBe('service.draining');
    const late = errorOf(db.query('select 1', [], { signal: controller.signal }));
    expect((await late).code).toBe('service.draining');
    expect(db.warehouse.state().fast.busy).toBe(0);
  });
});

describe('RESULT_ROWS', () => {
  it.each(['fast', 'heavy'] as const)('one row more is refused (%s)', async (lane) => {
    const db = await open({ RESULT_ROWS: 5000, HEAVY_CONNECTIONS: 1, FAST_CONNECTIONS: 1 });
    const text = 'select i from range(?) t(i)';
    expect((await db.query(text, [5000], { lane })).rowCount).toBe(5000);
    const error = await errorOf(db.query(text, [5001], { lane }));
    expect(error).toMatchObject({ code: 'limit.rows', status: 422 });
    expect(error.detail).toContain('5000');
    expect((await errorOf(db.query(text, [11], { lane, maxRows: 10 }))).code).toBe('limit.rows');
    expect((await db.query(text, [5001], { lane, maxRows: 6000 })).rowCount).toBe(5001);
  });

  it('a heavy statement is stopped at the limit, not after its last row', async () => {
    const db = await open({ RESULT_ROWS: 1000 });
    const error = await errorOf(db.query('select i from range(1000000000000) t(i)', [], { lane: 'heavy' }));
    expect(error.code).toBe('limit.rows');
  });
});

describe('memory', () => {
  it('MEMORY_LIMIT: what cannot be spilled is refused', async () => {
    const db = await open({ MEMORY_LIMIT: 40 * 1024 ** 2, SPILL_BYTES: 1024 ** 3 });
    for (const lane of ['fast', 'heavy'] as const) {
      const error = await errorOf(db.query('select len(list(i)) from range(30000000) t(i)', [], { lane }));
      expect(error).toMatchObject({ code: 'statement.out_of_memory', status: 503 });
      expect(error.detail).toContain('MEMORY_LIMIT');
    }
    expect(await db.rows('select 1')).toEqual([[1]]);
  });

  it('MEMORY_LIMIT: what can be spilled is answered, through the folder for it', async () => {
    const db = await open({ MEMORY_LIMIT: 60 * 1024 ** 2, SPILL_BYTES: 2 * 1024 ** 3, THREADS: 1 });
    let wasSpilled = false;
    const look = setInterval(() => (wasSpilled ||= readdirSync(db.spillDir).length > 0), 5);
    expect((await db.query(BIG_SORT, [], { lane: 'heavy' })).rowCount).toBe(5);
    clearInterval(look);
    expect(wasSpilled).toBe(true);
  });

  it('SPILL_BYTES: spilling stops there (trap: in the open config it is not kept to)', async () => {
    const db = await open({ MEMORY_LIMIT: 60 * 1024 ** 2, SPILL_BYTES: 1024 ** 2, THREADS: 1 });
    const error = await errorOf(db.query(BIG_SORT, [], { lane: 'heavy' }));
    expect(error.code).toBe('statement.out_of_memory');
    expect(error.detail).toContain('SPILL_BYTES');
  });
});
