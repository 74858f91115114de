import { expect, test } from 'vitest';
import { testStandIn } from '../driver.ts';
import { ask, callsHere, columnsOf, open, OPTIONS, settingsFor } from './open-thread.ts';
import { credentialsOf } from '../../../src/data/warehouse/snowflake/credentials.ts';
import { startThread } from '../../../src/data/warehouse/snowflake/thread-handle.ts';

const REAL = { start: startThread };

test('a statement with binds, its columns and rows', async () => {
  const { session, standIn } = await open({}, {}, REAL);
  const result = await session.run('select ? as a, ? as b, ? as c, ? as d', [1, 'x', null, 2.5], OPTIONS);
  expect(result.queryId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await columnsOf(result)).toEqual({ A: [1], B: ['x'], C: [null], D: [2.5] });
  expect(standIn.log.statements[0]).toMatchObject({
    tag: '{}',
    parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 30, STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: 10 },
  });
});

test('rows come in batches over chunks, and leaving early fetches no more', async () => {
  const { session, standIn } = await open({ inlineRows: 100, chunkRows: 5000 }, {}, REAL);
  const text = 'select seq4() as n from table(generator(rowcount => 50000)) order by n';
  const { N } = await ask(session, text);
  expect([N!.length, N!.every((value, i) => value === i)]).toEqual([50_000, true]);
  standIn.log.clear();
  const { batches } = await session.run(text, [], OPTIONS);
  for await (const batch of batches) {
    expect(batch.rowCount).toBeLessThanOrEqual(2000);
    break;
  }
  expect(await ask(session, 'select 1 as one')).toEqual({ ONE: [1] });
  expect(standIn.log.of('chunk').length).toBeLessThanOrEqual(4);
});

test('a statement is cancelled on the server', async () => {
  const { session, standIn } = await open({}, {}, REAL);
  const running = session.run(
    'select count(*) from table(generator(rowcount => 1000000)) a, table(generator(rowcount => 1000000)) b',
    [],
    OPTIONS,
  );
  session.cancel();
  await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
  expect(standIn.log.of('abort').length).toBeGreaterThan(0);
  expect(await ask(session, 'select 1 as one')).toEqual({ ONE: [1] });
});

test('sessions end on the server', async () => {
  const { session, standIn } = await open({}, {}, REAL);
  expect([await session.isAlive(), standIn.openSessions]).toEqual([true, 1]);
  await session.close();
  expect(standIn.openSessions).toBe(0);
  await expect(session.run('select 1', [], OPTIONS)).rejects.toMatchObject({ kind: 'gone' });
});

test('of a session only the last statement is kept, and none when it is closed', async () => {
  const calls = await callsHere();
  const [way] = credentialsOf(settingsFor(await testStandIn(), {})).ways;
  await calls.connect(1, way!, 30);
  await calls.run(1, 1, 'select 1', [], OPTIONS);
  await calls.run(1, 2, 'select 2', [], OPTIONS);
  const over = { kind: 'cancelled', message: 'the rows are not there any more' };
  await expect(calls.next(1)).rejects.toMatchObject(over);
  expect((await calls.next(2)).batch!.columns).toEqual([[2]]);
  await calls.close(1);
  await expect(calls.next(2)).rejects.toMatchObject(over);
});
