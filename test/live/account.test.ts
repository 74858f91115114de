import { expect, onTestFinished, test } from 'vitest';
import { accountWorld } from '../equality/account-world.ts';
import { expectSameAnswers, expectSameChanges } from '../equality/compare.ts';
import { testStandIn } from '../snowflake/driver.ts';
import { openWorld } from '../world.ts';
import { TINY } from '../world-rows.ts';
import { inOwnSchema, liveAccount } from './live-account.ts';

const account = liveAccount();
const MINUTES = 60_000;

test.skipIf(account === undefined)(
  'a real account answers every analysis and takes every change as DuckDB does',
  { timeout: 10 * MINUTES },
  async () => {
    const settings = await inOwnSchema(account!);
    const world = await openWorld({ rows: TINY });
    onTestFinished(() => world.close());
    const service = await accountWorld(TINY, settings);
    const worlds = [world.app, service.current().app] as const;
    await expectSameAnswers(...worlds);
    await expectSameChanges(...worlds);
    await expectSameAnswers(...worlds);
  },
);

test('an account is taken from SNOWFLAKE_TEST_* alone, and without one that is said', () => {
  expect(liveAccount({ SNOWFLAKE_ACCOUNT: 'production', SNOWFLAKE_PASSWORD: 'x' })).toBeUndefined();
  const named = {
    SNOWFLAKE_ACCOUNT: 'production',
    SNOWFLAKE_TEST_ACCOUNT: 'trial',
    SNOWFLAKE_TEST_WAREHOUSE: 'W',
    SNOWFLAKE_TEST_DATABASE: 'D',
    SNOWFLAKE_TEST_PRIVATE_KEY_PATH: '/key.p8',
  };
  expect(liveAccount(named)).toMatchObject({
    SNOWFLAKE_ACCOUNT: 'trial',
    SNOWFLAKE_PASSWORD: '',
    SNOWFLAKE_PRIVATE_KEY_PATH: '/key.p8',
  });
});

test('its schemas are made and dropped again, and nothing else', async () => {
  const standIn = await testStandIn();
  const settings = liveAccount({
    SNOWFLAKE_TEST_ACCOUNT: standIn.account,
    SNOWFLAKE_TEST_ACCESS_URL: standIn.url,
    SNOWFLAKE_TEST_USER: 'tester',
    SNOWFLAKE_TEST_PASSWORD: 'secret',
    SNOWFLAKE_TEST_WAREHOUSE: 'COMPUTE_WH',
    SNOWFLAKE_TEST_DATABASE: 'DEMO',
  })!;
  const schemas = async () => {
    const rows = await standIn.admin(
      `select schema_name from information_schema.schemata where schema_name like 'CUSTOMER%'`,
    );
    return rows.map((row) => (row as { schema_name: string }).schema_name).sort();
  };
  // What was registered first runs last: after the schemas were dropped.
  onTestFinished(async () => expect(await schemas()).toEqual([]));
  const own = await inOwnSchema(settings);
  expect(await schemas()).toEqual([own.SNOWFLAKE_SCHEMA, own.SNOWFLAKE_SERVICE_SCHEMA]);
  const service = await accountWorld(TINY, own);
  const reply = await service.current().app.inject({ url: '/v1/customers/C1', headers: { host: 'test' } });
  expect(reply.json()).toMatchObject({ data: { customerId: 'C1', customerName: 'Ann Able' } });
  const rows = `select count(*) as n from "DEMO"."${own.SNOWFLAKE_SCHEMA}"."CUSTOMERS"`;
  expect(await standIn.admin(rows)).toEqual([{ n: '5' }]);
});
