import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { testStandIn } from '../driver.ts';
import type { FaultAction } from '../faults.ts';
import { openDriver } from '../../../src/data/warehouse/snowflake/driver-thread.ts';
import { ask, columnsOf, open, OPTIONS, settingsFor } from './open-thread.ts';
import { threadOver } from '../../../src/data/warehouse/snowflake/thread-handle.ts';

const ONCE = { ...OPTIONS, isRepeatable: false };
const ROWS = 'select seq4() as n from table(generator(rowcount => 20000)) order by n';

test.each<[string, FaultAction]>([
  ['503', { kind: 'status', status: 503 }],
  ['429', { kind: 'status', status: 429, retryAfter: 1 }],
  ['cut before the answer', { kind: 'cut', where: 'start' }],
  ['cut in the middle of the answer', { kind: 'cut', where: 'middle' }],
  ['lost', { kind: 'lost' }],
])('a statement that may be repeated is sent again with its request id: %s', async (_, action) => {
  const { standIn, session } = await open();
  standIn.faults.add({ on: 'query', action, times: 2 });
  const before = performance.now();
  expect(await ask(session, 'select 1 as one')).toEqual({ ONE: [1] });
  const sent = standIn.log.statements;
  expect([sent.length, new Set(sent.map(({ requestId }) => requestId)).size]).toEqual([3, 1]);
  if ('retryAfter' in action) expect(performance.now() - before).toBeGreaterThan(1900);
});

test('a statement that may not be repeated is sent once', async () => {
  const { standIn, session } = await open();
  for (const action of [{ kind: 'lost' }, { kind: 'cut', where: 'middle' }, { kind: 'status', status: 503 }] as const) {
    standIn.log.clear();
    standIn.faults.add({ on: 'query', action, times: 5 });
    await expect(session.run('select 1', [], ONCE)).rejects.toMatchObject({ kind: 'lost' });
    expect(standIn.log.statements).toHaveLength(1);
    standIn.faults.clear();
  }
  standIn.faults.add({ on: 'query', action: { kind: 'status', status: 429 } });
  await columnsOf(await session.run('select 2', [], ONCE));
});

test('an account that stays away is given up in time', async () => {
  const { standIn, session } = await open();
  standIn.faults.add({ on: 'query', action: { kind: 'status', status: 503 }, times: 1000 });
  const before = performance.now();
  await expect(ask(session, 'select 1', { retrySeconds: 2 })).rejects.toMatchObject({ kind: 'unreachable' });
  expect(performance.now() - before).toBeLessThan(3000);
  standIn.faults.clear();
  expect(await ask(session, 'select 1 as one')).toEqual({ ONE: [1] });
  await standIn.close();
  await expect(ask(session, 'select 1', { retrySeconds: 0 })).rejects.toMatchObject({ kind: 'unreachable' });
  await expect(session.run('select 1', [], { ...ONCE, retrySeconds: 0 })).rejects.toMatchObject({
    kind: 'unreachable',
  });
});

test('a server that never answers is asked again, and left in the end', async () => {
  const { standIn, session } = await open({}, {}, { silenceMs: 300 });
  standIn.faults.add({ on: 'query', action: { kind: 'hang' } });
  expect(await ask(session, 'select 1 as one')).toEqual({ ONE: [1] });
  standIn.faults.add({ on: 'query', action: { kind: 'hang' }, times: 100 });
  await expect(ask(session, 'select 1', { retrySeconds: 1 })).rejects.toMatchObject({ kind: 'unreachable' });
  await expect(session.run('select 1', [], ONCE)).rejects.toMatchObject({ kind: 'lost' });
});

test('cancelling ends a statement that no server knows of', async () => {
  const { standIn, session } = await open();
  standIn.faults.add({ on: 'query', action: { kind: 'hang' } });
  const running = session.run('select 1', [], OPTIONS);
  session.cancel();
  await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
});

test('chunks that break off or fail are fetched again; links that have run out are said', async () => {
  const { standIn, session } = await open({ inlineRows: 10, chunkRows: 3000 });
  standIn.faults.add({ on: 'chunk', action: { kind: 'cut', where: 'middle' } });
  standIn.faults.add({ on: 'chunk', action: { kind: 'status', status: 503 } });
  const { N } = await ask(session, ROWS);
  expect([N!.length, N!.every((value, i) => value === i)]).toEqual([20_000, true]);
  const { batches } = await session.run(ROWS, [], OPTIONS);
  standIn.expireChunks();
  const read = async () => {
    for await (const batch of batches) expect(batch.rowCount).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('run out') });
  expect(await ask(session, 'select 1 as one')).toEqual({ ONE: [1] });
});

test('a session whose token has run out is renewed, also while it is polled; one that is gone is said', async () => {
  const { standIn, session } = await open({ pollMs: 100 });
  standIn.expireSessions();
  expect(await ask(session, 'select 1 as one')).toEqual({ ONE: [1] });
  standIn.faults.add({ on: 'result', action: { kind: 'expired' } });
  const slow = 'select count(*) as n from table(generator(rowcount => 30000)) a, table(generator(rowcount => 30000)) b';
  expect(await ask(session, slow)).toEqual({ N: [900_000_000] });
  expect(standIn.log.of('renew').length).toBeGreaterThan(0);
  standIn.faults.add({ on: 'query', action: { kind: 'gone' } });
  await expect(ask(session, 'select 1')).rejects.toMatchObject({ kind: 'gone' });
  await expect(ask(session, 'select 1')).rejects.toMatchObject({ kind: 'gone' });
  expect(await session.isAlive()).toBe(false);
});

test('errors of Snowflake keep code, SQLSTATE and query id', async () => {
  const { session } = await open();
  await expect(ask(session, 'select * from nowhere')).rejects.toMatchObject({
    kind: 'refused',
    code: '002003',
    sqlState: '42S02',
    queryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('a cell that is code is text, and runs nowhere', async () => {
  const { standIn, session } = await open();
  for (const text of ['(globalThis.PWNED=1,{a:NaN})', '{"a":NaN}', '<a>', '']) {
    standIn.faults.add({ on: 'query', action: { kind: 'cell', text } });
    expect(await ask(session, "select parse_json('{}') as v")).toEqual({ V: [text] });
  }
});

test('an integer that is written with an exponent is sent in digits', async () => {
  const { standIn, session } = await open();
  await columnsOf(await session.run('select ? as a', [1e21], OPTIONS));
  expect(standIn.log.statements[0]!.binds).toEqual({ 1: { type: 'TEXT', value: '1000000000000000000000' } });
});

/** The thread, which also does what it should not when it is told. */
const FRAGILE = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ call }) => {
    if (call === 'throw') setImmediate(() => { throw new Error('nobody catches this'); });
    if (call === 'exit') process.exit(3);
  });
  import(${JSON.stringify(new URL('../../../src/data/warehouse/snowflake/thread/main.ts', import.meta.url).href)});
`;

test.each(['throw', 'exit'])('a thread that dies ends its sessions, and another is started: %s', async (how) => {
  const standIn = await testStandIn();
  const workers: Worker[] = [];
  const driver = openDriver(settingsFor(standIn, {}), {
    start: (workerData) => {
      workers.push(new Worker(FRAGILE, { eval: true, workerData, stdout: true, stderr: true }));
      return threadOver(workers.at(-1)!);
    },
  });
  onTestFinished(() => driver.close());
  const session = await driver.connect();
  standIn.faults.add({ on: 'query', action: { kind: 'hang' } });
  const running = session.run('select 1', [], OPTIONS);
  workers[0]!.postMessage({ id: -1, call: how, args: [] });
  await expect(running).rejects.toMatchObject({ kind: 'died' });
  await expect(session.run('select 1', [], OPTIONS)).rejects.toMatchObject({ kind: 'gone' });
  expect(await session.isAlive()).toBe(false);
  await session.close();
  expect(driver.restarts).toBe(0);
  standIn.faults.clear();
  expect(await ask(await driver.connect(), 'select 1 as one')).toEqual({ ONE: [1] });
  expect(driver.restarts).toBe(1);
  await driver.close();
  await expect(driver.connect()).rejects.toMatchObject({ kind: 'died' });
  expect(existsSync('snowflake.log')).toBe(false);
});
