import { expect, onTestFinished, test } from 'vitest';
import { type Settings, settingsWith } from '../../../config/settings.ts';
import { testStandIn } from '../../../../test/snowflake/driver.ts';
import type { StandIn } from '../../../../test/snowflake/stand-in.ts';
import type { StandInOptions } from '../../../../test/snowflake/options.ts';
import type { Value } from '../port.ts';
import type { DriverOptions, DriverResult, DriverSession } from './driver.ts';
import { openDriver } from './driver-thread.ts';

const OPTIONS: DriverOptions = { tag: '{}', seconds: 30, queuedSeconds: 10, isRepeatable: true, retrySeconds: 5 };

async function open(options: StandInOptions = {}, changes: Partial<Settings> = {}, silenceMs?: number) {
  const standIn = await testStandIn(options);
  const driver = openDriver(settingsFor(standIn, changes), silenceMs === undefined ? {} : { silenceMs });
  onTestFinished(() => driver.close());
  return { standIn, driver, session: await driver.connect() };
}

function settingsFor(standIn: StandIn, changes: Partial<Settings>): Settings {
  return settingsWith({
    SNOWFLAKE_ACCOUNT: standIn.account,
    SNOWFLAKE_ACCESS_URL: standIn.url,
    SNOWFLAKE_USER: 'tester',
    SNOWFLAKE_PASSWORD: 'secret',
    SNOWFLAKE_WAREHOUSE: 'COMPUTE_WH',
    SNOWFLAKE_DATABASE: 'DEMO',
    ...changes,
  });
}

async function columnsOf({ batches, schema }: DriverResult): Promise<Record<string, Value[]>> {
  const columns = schema.map((): Value[] => []);
  for await (const batch of batches) batch.columns.forEach((values, c) => columns[c]!.push(...values));
  return Object.fromEntries(schema.map(({ name }, c) => [name, columns[c]!]));
}

const ask = async (session: DriverSession, text: string, options: Partial<DriverOptions> = {}) =>
  columnsOf(await session.run(text, [], { ...OPTIONS, ...options }));

test('a statement with binds, its columns and rows', async () => {
  const { session, standIn } = await open();
  const result = await session.run('select ? as a, ? as b, ? as c, ? as d', [1, 'x', null, 2.5], OPTIONS);
  expect(result.queryId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await columnsOf(result)).toEqual({ A: [1], B: ['x'], C: [null], D: [2.5] });
  expect(standIn.log.statements[0]).toMatchObject({
    tag: '{}',
    parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 30, STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: 10 },
  });
});

test('rows come in batches over chunks, and leaving early fetches no more', async () => {
  const { session, standIn } = await open({ inlineRows: 100, chunkRows: 5000 });
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
  const { session, standIn } = await open();
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
  const { session, standIn } = await open();
  expect([await session.isAlive(), standIn.openSessions]).toEqual([true, 1]);
  await session.close();
  expect(standIn.openSessions).toBe(0);
  await expect(session.run('select 1', [], OPTIONS)).rejects.toMatchObject({ kind: 'gone' });
});
