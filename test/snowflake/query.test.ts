import type { QueryStatus } from 'snowflake-sdk';
import { expect, test } from 'vitest';
import { connect, driver, failureOf, testStandIn } from './driver.ts';

/** How the service reads: exact numbers and dates as texts, rows as arrays. */
const EXACT = { fetchAsString: ['Number', 'Date', 'JSON'], rowMode: 'array' };

test('every type comes as the driver expects it', async () => {
  const { run } = await connect(await testStandIn());
  const { rows, statement } = await run(
    `select 9007199254740993::number as big, 12.34::number(10,2) as money, 1.5::double as real,
    'x' as text, true as yes, date '2024-02-29' as day, timestamp '2024-02-29 12:34:56.789' as at, null as nothing,
    parse_json('{"a":[1,null,"b"]}') as v, -0.05::number(5,2) as low, timestamp '1960-01-01 00:00:00.5' as old, 'NaN'::double as n`,
    [],
    EXACT,
  );
  expect(rows[0]).toEqual([
    '9007199254740993',
    '12.34',
    '1.5',
    'x',
    true,
    '2024-02-29',
    '2024-02-29 12:34:56.789',
    'NULL',
    '{"a":[1,null,"b"]}',
    '-0.05',
    '1960-01-01 00:00:00.500',
    'NaN',
  ]);
  const columns = (statement.getColumns() ?? []).map((column) => [
    column.getName(),
    column.getType(),
    column.getScale(),
    column.getPrecision(),
  ]);
  expect(columns.slice(0, 3)).toEqual([
    ['BIG', 'fixed', 0, 38],
    ['MONEY', 'fixed', 2, 10],
    ['REAL', 'real', null, null],
  ]);
  expect(columns.slice(5, 7).map(([, type]) => type)).toEqual(['date', 'timestamp_ntz']);
});

test('binds of every kind go to the server as the driver writes them', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  const binds = [7, 1.5, "it's", true, null, new Date(Date.UTC(2024, 0, 2)), { a: [1] }, 1e21, 'é'];
  const sql =
    'select ?::number a, ? b, ? c, ? d, ?::varchar e, ?::timestamp f, parse_json(?):a[0]::number g, ?::number h, ? i';
  const { rows } = await run(sql, binds, EXACT);
  expect(rows[0]).toEqual([
    '7',
    '1.5',
    "it's",
    true,
    null,
    '2024-01-02 00:00:00.000',
    '1',
    '1000000000000000000000',
    'é',
  ]);
  expect(Object.values(standIn.log.statements[0]!.binds!).map(({ type }) => type)).toEqual([
    'FIXED',
    'REAL',
    'TEXT',
    'BOOLEAN',
    'TEXT',
    'TEXT',
    'VARIANT',
    'FIXED',
    'TEXT',
  ]);
  expect((await failureOf(run('select ?::number', [Number.NaN]))).code).toBe('100038');
  expect((await failureOf(run('select ? + ?', [1]))).code).toBe('002049');
  expect((await run('select :2 || :1 as x', ['a', 'b'])).rows).toEqual([{ X: 'ba' }]);
});

test('the first rows come inline, the rest in chunks that need their key, in order', async () => {
  const standIn = await testStandIn({ inlineRows: 100, chunkRows: 500 });
  const { run } = await connect(standIn);
  const { rows } = await run('select seq4() as n from table(generator(rowcount => 2350)) order by n');
  expect(rows.map(({ N }) => N)).toEqual(Array.from({ length: 2350 }, (_, i) => i));
  expect(standIn.log.of('chunk').map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  expect((await fetch(`${standIn.url}${standIn.log.of('chunk')[0]!.path}`)).status).toBe(403);
  expect((await fetch(`${standIn.url}/chunks/none`)).status).toBe(404);
});

test('a statement that takes long is asked for again (333333)', async () => {
  const standIn = await testStandIn({ pollMs: 0 });
  const { run } = await connect(standIn);
  const { rows } = await run(
    'select count(*) as n from table(generator(rowcount => 20000)) a cross join table(generator(rowcount => 5000)) b',
  );
  expect(rows).toEqual([{ N: 100_000_000 }]);
  expect(standIn.log.of('result').length).toBeGreaterThan(0);
});

test('a session that runs out while the driver waits is renewed, and the statement goes on', async () => {
  const standIn = await testStandIn({ pollMs: 0 });
  const { run } = await connect(standIn);
  standIn.faults.add({ on: 'result', action: { kind: 'expired' } });
  const work =
    'select count(*) as n from table(generator(rowcount => 30000)) a cross join table(generator(rowcount => 9000)) b';
  expect((await run(work)).rows).toEqual([{ N: 270_000_000 }]);
  expect([standIn.log.statements.length, standIn.log.of('renew').length]).toEqual([1, 1]);
});

test('a statement of its own: started, asked after, its result fetched', async () => {
  const standIn = await testStandIn();
  const { run, connection } = await connect(standIn);
  const started = await run('select 42 as answer', [], { asyncExec: true });
  const queryId = started.statement.getQueryId();
  expect(await connection.getQueryStatus(queryId)).toMatch(/RUNNING|QUEUED|SUCCESS/);
  const statement = await connection.getResultsFromQueryId({ queryId });
  const rows = await Array.fromAsync(statement.streamRows());
  expect(rows).toEqual([{ ANSWER: 42 }]);
  const failed = await run('select nothing', [], { asyncExec: true });
  await failureOf(
    connection
      .getQueryStatusThrowIfError(failed.statement.getQueryId())
      .then(() => connection.getResultsFromQueryId({ queryId: failed.statement.getQueryId() })),
  );
  expect(await connection.getQueryStatus(failed.statement.getQueryId())).toBe('FAILED_WITH_ERROR');
  expect(await connection.getQueryStatus('00000000-0000-4000-8000-000000000000')).toBe('NO_QUERY_DATA');
});

/** Hours of work. */
const long =
  'select count(*) as n from table(generator(rowcount => 9000000)) a cross join table(generator(rowcount => 9000000)) b';

test('cancel by request id and by query id stops DuckDB and is 000604', async () => {
  const standIn = await testStandIn();
  const { connection, run } = await connect(standIn);
  const byRequest = new Promise((resolve, reject) => {
    const statement = connection.execute({
      sqlText: long,
      complete: (error, _, rows) => (error ? reject(error) : resolve(rows)),
    });
    void started(standIn, 1).then(() => statement.cancel());
  });
  expect(await failureOf(byRequest)).toMatchObject({ code: '000604', sqlState: '57014' });
  const asynchronous = await run(long, [], { asyncExec: true });
  await new Promise<void>((resolve) => asynchronous.statement.cancel(() => resolve()));
  const queryId = asynchronous.statement.getQueryId();
  while (connection.isStillRunning((await connection.getQueryStatus(queryId)) as QueryStatus)) continue;
  expect(await connection.getQueryStatus(queryId)).toBe('ABORTED');
  expect(standIn.log.of('abort').map(({ path }) => path)).toEqual([
    '/queries/v1/abort-request',
    `/queries/${queryId}/abort-request`,
  ]);
  expect((await run('select 1 as one')).rows).toEqual([{ ONE: 1 }]);
});

async function started(standIn: Awaited<ReturnType<typeof testStandIn>>, count: number): Promise<void> {
  while (standIn.log.statements.filter(({ queryId }) => queryId !== undefined).length < count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a statement over its time is 000630, running or waiting', async () => {
  const standIn = await testStandIn({ concurrency: 1 });
  const [first, second] = [await connect(standIn), await connect(standIn)];
  const limit = (name: string, seconds: number) => ({ parameters: { [name]: seconds } });
  expect(await failureOf(first.run(long, [], limit('STATEMENT_TIMEOUT_IN_SECONDS', 0.3)))).toMatchObject({
    code: '000630',
    sqlState: '57014',
  });
  const running = failureOf(first.run(long, [], limit('STATEMENT_TIMEOUT_IN_SECONDS', 1)));
  await started(standIn, 2);
  const waiting = await failureOf(
    second.run('select 1 from table(generator(rowcount => 1))', [], limit('STATEMENT_QUEUED_TIMEOUT_IN_SECONDS', 0.2)),
  );
  expect(waiting.message).toContain('queued timeout of 0.2');
  await running;
  expect((await second.run('select 1 as one')).rows).toEqual([{ ONE: 1 }]);
});

test('the tag of a statement is recorded, else that of the session', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  await run('select 1', [], { parameters: { QUERY_TAG: 'one' } });
  await run("alter session set query_tag = 'two'");
  await run('select 2');
  await run('alter session unset query_tag');
  await run('select 3');
  expect(standIn.log.statements.map(({ tag }) => tag)).toEqual(['one', undefined, 'two', 'two', undefined]);
});

test('a request id that comes again runs again, unless the stand-in is told to drop it', async () => {
  for (const [dropsRepeated, count] of [
    [false, 2],
    [true, 1],
  ] as const) {
    const standIn = await testStandIn({ dropsRepeated });
    const { run } = await connect(standIn);
    await run('create table t (a int)');
    for (let i = 0; i < 2; i += 1) await run('insert into t values (1)', [], { requestId: 'the-same-id' });
    expect((await run('select count(*) as n from t')).rows).toEqual([{ N: count }]);
  }
});

test('the columns of a statement are described without running it', async () => {
  const { run } = await connect(await testStandIn());
  const { statement, rows } = await run('select 1 as a, current_date as b', [], { describeOnly: true });
  expect(rows).toEqual([]);
  expect((statement.getColumns() ?? []).map((column) => column.getName())).toEqual(['A', 'B']);
});

test('a pool of the driver tests its connections and ends them', async () => {
  const standIn = await testStandIn();
  const pool = driver.createPool(
    { account: standIn.account, accessUrl: standIn.url, username: 'tester', password: 'secret' },
    { max: 2, min: 0, testOnBorrow: true },
  );
  for (let i = 0; i < 2; i += 1)
    await pool.use(async (connection) => expect(await connection.isValidAsync()).toBe(true));
  expect([standIn.log.of('login').length, standIn.openSessions]).toEqual([1, 1]);
  await pool.drain();
  await pool.clear();
  expect(standIn.openSessions).toBe(0);
});
