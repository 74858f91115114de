import { expect, test } from 'vitest';
import { connect, failureOf, testStandIn } from './driver.ts';

test('a session whose token has run out is renewed, and its statement sent again with the same id', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  standIn.expireSessions();
  expect((await run('select 1 as one')).rows).toEqual([{ ONE: 1 }]);
  const [first, second] = standIn.log.statements;
  expect([first!.outcome, second!.outcome, first!.requestId === second!.requestId]).toEqual(['390112', 'ok', true]);
  expect(standIn.log.of('renew')).toHaveLength(1);
});

test('tokens run out by the clock; without a master token the session is lost', async () => {
  let now = Date.now();
  const standIn = await testStandIn({ sessionSeconds: 60, masterSeconds: 600, now: () => now });
  const { run, connection } = await connect(standIn);
  now += 61_000;
  await run('select 1');
  expect(standIn.log.of('renew')).toHaveLength(1);
  now += 601_000;
  expect(String((await failureOf(run('select 1'))).code)).toBe('407002');
  expect(connection.isUp()).toBe(false);
});

test('a session that is gone is 390111 and the connection is down', async () => {
  const standIn = await testStandIn();
  const { run, connection } = await connect(standIn);
  standIn.faults.add({ on: 'query', action: { kind: 'gone' } });
  await failureOf(run('select 1'));
  expect([connection.isUp(), standIn.log.statements[0]!.outcome, standIn.openSessions]).toEqual([
    false,
    'fault:gone',
    0,
  ]);
});

test('a heartbeat renews, polling does not', async () => {
  const standIn = await testStandIn();
  const { connection, run } = await connect(standIn);
  const { statement } = await run('select 1 as one', [], { asyncExec: true });
  standIn.expireSessions();
  expect((await failureOf(connection.getQueryStatus(statement.getQueryId()))).code).toBe('390112');
  expect(await connection.isValidAsync()).toBe(true);
  expect(standIn.log.of('heartbeat').map(({ outcome }) => outcome)).toEqual(['390112', 'ok']);
  expect(await connection.getQueryStatus(statement.getQueryId())).toBe('SUCCESS');
});

test('requests without a token are 390104', async () => {
  const standIn = await testStandIn();
  const answer = await fetch(`${standIn.url}/queries/v1/query-request`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sqlText: 'select 1' }),
  });
  expect(await answer.json()).toMatchObject({ success: false, code: '390104' });
  expect((await fetch(`${standIn.url}/elsewhere`)).status).toBe(404);
});

test('USE changes what names mean', async () => {
  const standIn = await testStandIn({
    databases: { DEMO: ['PUBLIC', 'TEAM'], OTHER: ['PUBLIC'] },
    warehouses: ['A', 'B'],
  });
  const { run } = await connect(standIn, { warehouse: 'A' });
  await run('create table other.public.t (x int)');
  await run('use schema team');
  await run('create table t (y int)');
  await run('use role public');
  await run('use warehouse b');
  const here = 'select current_role() as r, current_warehouse() as w, current_database() as d, current_schema() as s';
  const { rows, statement } = await run(here);
  expect(rows).toEqual([{ R: 'PUBLIC', W: 'B', D: 'DEMO', S: 'TEAM' }]);
  const state = statement.getSessionState() as { getCurrentSchema(): string } | undefined;
  expect(state?.getCurrentSchema()).toBe('TEAM');
  await run('use database other');
  expect((await run('select x from t')).rows).toEqual([]);
  for (const sql of ['use role sysadmin', 'use warehouse c', 'use database absent']) {
    expect((await failureOf(run(sql))).code).toBe('002003');
  }
});

test('rights: what a role may not read is not there, what it may not write is said', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  await run('create table t (x int)');
  standIn.revoke('ANALYST', 'INSERT', 'DEMO.PUBLIC.T');
  expect(await failureOf(run('insert into t values (1)'))).toMatchObject({ code: '003001', sqlState: '42501' });
  const granted = async () =>
    (await run('show grants to role analyst')).rows
      .filter(({ name }) => name === 'DEMO.PUBLIC.T')
      .map(({ privilege }) => privilege);
  expect(await granted()).toEqual(['SELECT', 'UPDATE', 'DELETE', 'TRUNCATE']);
  standIn.revoke('ANALYST', 'SELECT', 'DEMO.PUBLIC.T');
  expect(await failureOf(run('select * from t'))).toMatchObject({ code: '002003', sqlState: '42S02' });
  for (const one of ['UPDATE', 'DELETE', 'TRUNCATE'] as const) standIn.revoke('ANALYST', one, 'DEMO.PUBLIC.T');
  expect((await failureOf(run('insert into t values (1)'))).code).toBe('002003');
  for (const one of ['SELECT', 'INSERT'] as const) standIn.grant('ANALYST', one, 'DEMO.PUBLIC.T');
  await run('insert into t values (1)');
  expect((await run('show grants to user tester')).rows.map(({ role }) => role)).toEqual(['ANALYST', 'PUBLIC']);
});

test('rights to a database, a schema, and to make tables; a database that is not there', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  await run('create table t (x int)');
  const places = async () =>
    (await run('show grants to role analyst')).rows
      .slice(0, 3)
      .map(({ privilege, name }) => [privilege, name].join(' '));
  expect(await places()).toEqual(['USAGE DEMO', 'USAGE DEMO.PUBLIC', 'CREATE TABLE DEMO.PUBLIC']);
  standIn.revoke('ANALYST', 'CREATE TABLE', 'DEMO.PUBLIC');
  expect(await failureOf(run('create table u (x int)'))).toMatchObject({ code: '003001' });
  standIn.revoke('ANALYST', 'USAGE', 'DEMO.PUBLIC');
  expect((await failureOf(run('select * from t'))).message).toContain("Schema 'DEMO.PUBLIC' does not exist");
  standIn.revoke('ANALYST', 'USAGE', 'DEMO');
  expect((await failureOf(run('select * from t'))).message).toContain("Database 'DEMO' does not exist");
  const lost = await connect(standIn, { database: 'ABSENT', schema: 'ABSENT', warehouse: 'ABSENT', role: 'PUBLIC' });
  const here = 'select current_database() as d, current_schema() as s, current_warehouse() as w';
  expect((await lost.run(here)).rows).toEqual([{ D: null, S: null, W: null }]);
  expect((await failureOf(lost.run('select * from t'))).code).toBe('090105');
});

test('the clock of the server is asked, and can be wrong', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  const offBy = async () => ((await run('select current_timestamp as t')).rows[0]!['T'] as Date).getTime() - Date.now();
  expect(Math.abs(await offBy())).toBeLessThan(60_000);
  standIn.setClockSkew(3_600_000);
  expect(Math.abs((await offBy()) - 3_600_000)).toBeLessThan(60_000);
});

test('a warehouse that is suspended, over its monitor or not granted; without tables none is needed', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  await run('create table t (x int)');
  standIn.setWarehouse('COMPUTE_WH', 'SUSPENDED');
  expect(await failureOf(run('select * from t'))).toMatchObject({ code: '000606', sqlState: '57P03' });
  standIn.setWarehouse('COMPUTE_WH', 'OVER_MONITOR');
  expect((await failureOf(run('select * from t'))).code).toBe('090073');
  expect((await run('show warehouses')).rows).toMatchObject([
    { name: 'COMPUTE_WH', state: 'SUSPENDED', resource_monitor: 'STAND_IN_MONITOR' },
  ]);
  expect((await run('select current_version() as v')).rows).toEqual([{ V: '9.99.0' }]);
  standIn.setWarehouse('COMPUTE_WH', 'STARTED');
  standIn.revoke('ANALYST', 'USAGE', 'COMPUTE_WH');
  expect((await failureOf(run('insert into t values (1)'))).code).toBe('000606');
  const without = await connect(standIn, { warehouse: undefined });
  expect((await failureOf(without.run('select * from t'))).code).toBe('000606');
});

test('SHOW lists what there is, filtered by LIKE', async () => {
  const { run } = await connect(await testStandIn({ databases: { DEMO: ['PUBLIC', 'TEAM'] } }));
  await run("alter session set timezone = 'Europe/Berlin'");
  const names = async (sql: string, column = 'name') => (await run(sql)).rows.map((row) => row[column]);
  expect(await names('show schemas')).toEqual(['PUBLIC', 'TEAM']);
  expect(await names("show schemas like 't%' in database demo")).toEqual(['TEAM']);
  expect(await names('show databases')).toEqual(['DEMO']);
  expect(await names('show parameters', 'key')).toContain('TIMEZONE');
  expect((await failureOf(run('show pipes'))).code).toBe('000002');
  expect((await failureOf(run('describe table absent'))).code).toBe('002003');
});
