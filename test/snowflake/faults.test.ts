import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { connect, driver, failureOf, testStandIn } from './driver.ts';

const rowsSql = (count: number) => `select seq4() as n from table(generator(rowcount => ${count})) order by n`;

test('503 and 429 are sent again by the driver, 400 is not when it streams', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  standIn.faults.add({ on: 'query', action: { kind: 'status', status: 503 } });
  expect((await run('select 1 as one')).rows).toEqual([{ ONE: 1 }]);
  expect(standIn.log.statements.map(({ outcome, retryCount }) => [outcome, retryCount])).toEqual([
    ['fault:status', undefined],
    ['ok', 1],
  ]);
  standIn.log.clear();
  standIn.faults.add({ on: 'query', action: { kind: 'status', status: 429, retryAfter: 1 }, sql: 'SELECT 2' });
  await run('select 3');
  await run('select 2');
  expect(standIn.log.statements.map(({ outcome }) => outcome)).toEqual(['ok', 'fault:status', 'ok']);
  standIn.faults.add({ on: 'query', action: { kind: 'status', status: 400 } });
  await failureOf(run('select 4', [], { streamResult: true }));
  expect(standIn.log.statements).toHaveLength(4);
});

test("a server that never answers is left after the driver's time and asked again", async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn, { timeout: 300 });
  standIn.faults.add({ on: 'query', action: { kind: 'hang' } });
  expect((await run('select 1 as one')).rows).toEqual([{ ONE: 1 }]);
  expect(standIn.log.statements.map(({ outcome }) => outcome)).toEqual(['fault:hang', 'ok']);
});

test('connections cut at the start, in the middle of an answer, in the middle of a chunk', async () => {
  const standIn = await testStandIn({ inlineRows: 10, chunkRows: 10_000 });
  const { run } = await connect(standIn);
  standIn.faults.add({ on: 'query', action: { kind: 'cut', where: 'start' } });
  await run('select 1');
  standIn.faults.add({ on: 'query', action: { kind: 'cut', where: 'middle' } });
  const cut = await failureOf(run('select 2', [], { streamResult: true }));
  expect(String(cut.code)).toBe('401001');
  standIn.faults.add({ on: 'chunk', action: { kind: 'cut', where: 'middle' } });
  const { rows } = await run(rowsSql(5000));
  expect([rows.length, rows.at(-1)]).toEqual([5000, { N: 4999 }]);
  expect(standIn.log.of('chunk').map(({ outcome }) => outcome)).toEqual(['fault:cut', 'ok']);
});

test('an answer that is lost after the rows were written: the driver sends it again, and it is written twice', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  await run('create table t (x int)');
  standIn.faults.add({ on: 'query', action: { kind: 'lost' }, sql: 'insert' });
  await run('insert into t values (1)');
  expect((await run('select count(*) as n from t')).rows).toEqual([{ N: 2 }]);
  const inserts = standIn.log.statements.filter(({ sql }) => sql!.startsWith('insert'));
  expect(new Set(inserts.map(({ requestId }) => requestId)).size).toBe(1);
});

test('chunk links that have run out are 403; asking for the result again gives new ones', async () => {
  const standIn = await testStandIn({ inlineRows: 0, chunkRows: 1000 });
  const { run, connection } = await connect(standIn);
  standIn.faults.add({ on: 'chunk', action: { kind: 'status', status: 403 }, after: 1 });
  expect((await run(rowsSql(2000))).rows).toHaveLength(2000);
  expect(standIn.log.of('chunk').map(({ outcome }) => outcome)).toContain('fault:status');
  const { statement } = await run(rowsSql(2000), [], { streamResult: true });
  standIn.expireChunks();
  const again = await connection.getResultsFromQueryId({ queryId: statement.getQueryId() });
  expect(await Array.fromAsync(again.streamRows())).toHaveLength(2000);
});

test('a slow chunk takes its time and comes whole', async () => {
  const standIn = await testStandIn({ inlineRows: 0 });
  const { run } = await connect(standIn);
  standIn.faults.add({ on: 'chunk', action: { kind: 'slow', ms: 300 } });
  const before = performance.now();
  expect((await run(rowsSql(3000))).rows).toHaveLength(3000);
  expect(performance.now() - before).toBeGreaterThan(250);
});

test('an error of Snowflake, on demand', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  const action = { kind: 'error', code: '000606', sqlState: '57P03', message: 'No active warehouse' } as const;
  standIn.faults.add({ on: 'query', action });
  expect(await failureOf(run('select 1', [], { streamResult: true }))).toMatchObject({
    code: '000606',
    sqlState: '57P03',
  });
  standIn.faults.add({ on: 'query', action, times: 5 });
  standIn.faults.clear();
  await run('select 1');
  standIn.faults.add({ on: 'login', action: { ...action, code: '390422', message: 'not from this network' } });
  expect((await failureOf(connect(standIn))).code).toBe('390422');
});

test('a VARIANT cell that is code is not run by a strict parser', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  const cell = '(globalThis.PWNED=1,{a:NaN})';
  standIn.faults.add({ on: 'query', action: { kind: 'cell', text: cell }, times: 2 });
  const { rows } = await run("select parse_json('{}') as v, 'x' as t", [], { fetchAsString: ['JSON'] });
  expect(rows).toEqual([{ V: cell, T: 'x' }]);
  // Set for the whole process by the driver, hence last.
  driver.configure({ jsonColumnVariantParser: (text: string) => text } as Parameters<typeof driver.configure>[0]);
  expect((await run("select parse_json('{}') as v")).rows).toEqual([{ V: cell }]);
  expect('PWNED' in globalThis).toBe(false);
  expect(createRequire(import.meta.url)('snowflake-sdk/package.json')).toMatchObject({ version: '3.3.0' });
});
