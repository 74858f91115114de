import { expect, onTestFinished, test } from 'vitest';
import { openTestSnowflake } from '../../src/data/warehouse/snowflake/test-warehouse.ts';
import { testStandIn } from './driver.ts';
import { plainDriver } from './imports/plain-driver.ts';
import type { StandInOptions } from './options.ts';

/** The warehouse over a stand-in. */
async function open(options: StandInOptions = {}) {
  const standIn = await testStandIn({ databases: { DEMO: ['PUBLIC', 'SALES', 'SERVICE'] }, ...options });
  const db = await openTestSnowflake({ driver: plainDriver(standIn) });
  onTestFinished(() => db.warehouse.close());
  return { standIn, ...db };
}

test('tables: one statement, names as stored, the default schema unsaid, the service and INFORMATION_SCHEMA left out', async () => {
  const { standIn, warehouse, tenant, script } = await open();
  await script(
    'create table customers (customer_id varchar not null, amount decimal(15, 2), quantity bigint, "Since" date)',
    `insert into customers values ('a', 1, 2, null), ('b', 1, 2, null)`,
    'create table sales.orders (placed timestamp, score double, is_paid boolean, detail variant, "x""y" varchar)',
    'create table service.loaded (i bigint)',
    'create view v as select customer_id from customers',
  );
  standIn.log.clear();
  const tables = await warehouse.tables(tenant);
  expect(standIn.log.statements).toHaveLength(1);
  expect(tables.toSorted((a, b) => (a.path.join() < b.path.join() ? -1 : 1))).toEqual([
    {
      path: ['CUSTOMERS'],
      kind: 'table',
      rowCount: 2,
      columns: [
        { name: 'CUSTOMER_ID', type: 'text', engineType: 'TEXT', isNullable: false },
        { name: 'AMOUNT', type: 'decimal', engineType: 'NUMBER(15,2)', isNullable: true },
        { name: 'QUANTITY', type: 'integer', engineType: 'NUMBER(38,0)', isNullable: true },
        { name: 'Since', type: 'date', engineType: 'DATE', isNullable: true },
      ],
    },
    {
      path: ['SALES', 'ORDERS'],
      kind: 'table',
      rowCount: 0,
      columns: [
        { name: 'PLACED', type: 'timestamp', engineType: 'TIMESTAMP_NTZ', isNullable: true },
        { name: 'SCORE', type: 'double', engineType: 'FLOAT', isNullable: true },
        { name: 'IS_PAID', type: 'boolean', engineType: 'BOOLEAN', isNullable: true },
        { name: 'DETAIL', type: 'json', engineType: 'VARIANT', isNullable: true },
        { name: 'x"y', type: 'text', engineType: 'TEXT', isNullable: true },
      ],
    },
    {
      path: ['V'],
      kind: 'view',
      rowCount: undefined,
      columns: [{ name: 'CUSTOMER_ID', type: 'text', engineType: 'TEXT', isNullable: true }],
    },
  ]);
});

test('describe: the columns of a statement under the names of Snowflake', async () => {
  const { warehouse, tenant } = await open();
  const text = 'with t as (select 1 as id, current_date as "Day") select * from t -- a comment';
  expect(await warehouse.describe(tenant, text)).toMatchObject([{ name: 'ID' }, { name: 'Day', type: 'date' }]);
  await expect(warehouse.describe(tenant, 'select nothing from nowhere')).rejects.toMatchObject({
    code: 'warehouse.forbidden',
    cause: { code: '002003' },
  });
});

test('a warehouse that is suspended, or over its monitor, is said in clear words', async () => {
  const { standIn, script, query, warehouse, tenant } = await open();
  await script('create table t (i bigint)');
  standIn.setWarehouse('COMPUTE_WH', 'SUSPENDED');
  const error = { code: 'warehouse.suspended', status: 503 };
  await expect(query('select i from t')).rejects.toMatchObject({
    ...error,
    detail: expect.stringContaining('suspended'),
  });
  standIn.setWarehouse('COMPUTE_WH', 'OVER_MONITOR');
  await expect(query('select i from t')).rejects.toMatchObject({
    ...error,
    detail: expect.stringContaining('monitor'),
  });
  // No warehouse is needed for that.
  expect(await warehouse.ping(tenant)).toBeGreaterThan(0);
  standIn.setWarehouse('COMPUTE_WH', 'STARTED');
  expect(await query('select i from t')).toMatchObject({ rowCount: 0 });
});

test('a missing grant is named, with its object', async () => {
  const { standIn, script, query } = await open();
  await script('create table t (i bigint)');
  standIn.revoke('ANALYST', 'INSERT', 'DEMO.PUBLIC.T');
  await expect(script('insert into t values (1)')).rejects.toMatchObject({
    code: 'warehouse.forbidden',
    detail: expect.stringMatching(/GRANT INSERT ON TABLE T TO ROLE ANALYST/),
  });
  standIn.revoke('ANALYST', 'SELECT', 'DEMO.PUBLIC.T');
  await expect(query('select i from t')).rejects.toMatchObject({
    code: 'warehouse.forbidden',
    detail: expect.stringMatching(/GRANT SELECT ON TABLE DEMO\.PUBLIC\.T TO ROLE ANALYST/),
  });
  standIn.revoke('ANALYST', 'CREATE TABLE', 'DEMO.PUBLIC');
  await expect(script('create table u (i bigint)')).rejects.toMatchObject({
    detail: expect.stringMatching(/GRANT CREATE TABLE ON SCHEMA PUBLIC TO ROLE ANALYST/),
  });
});

test('a failed transaction leaves nothing', async () => {
  const { standIn, script, rows } = await open();
  await script('create table t (i bigint)');
  await expect(script('insert into t values (1)', 'insert into t values (1 / 0)')).rejects.toMatchObject({
    code: 'warehouse.failed',
  });
  await script('insert into t values (2)');
  expect(await rows('select i from t')).toEqual([[2]]);
  expect(standIn.log.statements.map(({ sql }) => sql)).toContain('rollback');
});
