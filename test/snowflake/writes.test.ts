import { expect, test } from 'vitest';
import { CORE_TABLE_NAMES } from '../../src/data/catalog/core-tables.ts';
import { coreCatalog } from '../../src/data/catalog/core-catalog.ts';
import { createTable } from '../../src/data/catalog/ddl.ts';
import { snowflakeDialect as dialect } from '../../src/data/sql/snowflake-dialect.ts';
import { tenant } from '../../src/data/warehouse/tenant.ts';
import { deleteRows, insertRows, updateRows } from '../../src/data/writes/bulk-statements.ts';
import { deleteOne, deleteRelated, updateOne, type WriteStatement } from '../../src/data/writes/statements.ts';
import { targetOf } from '../../src/data/writes/target.ts';
import { wideCatalog } from '../sql-statements.ts';
import { connect, testStandIn } from './driver.ts';

/** Managed tables in an account, and the number of rows that a statement changes there. */
async function account(isolation: 'database' | 'column' = 'database') {
  const session = await connect(await testStandIn());
  const context = {
    dialect,
    catalog: isolation === 'column' ? wideCatalog(dialect) : coreCatalog(dialect),
    tenant: tenant('acme'),
    isolation,
  };
  const run = async ({ text, params }: WriteStatement) => {
    const { statement } = await session.run(text, params as string[]);
    return statement.getNumUpdatedRows();
  };
  const rows = async (text: string) => (await session.run(text)).rows.map((row) => Object.values(row));
  if (isolation === 'database')
    for (const name of CORE_TABLE_NAMES) await session.run(createTable(name, [], name, dialect));
  return {
    session,
    context,
    run,
    rows,
    targetOf: (name: (typeof CORE_TABLE_NAMES)[number]) => targetOf(context, name),
  };
}

test('rows go in where their key is free, and the number of rows says how many did', async () => {
  const { context, run, rows, targetOf: of } = await account();
  const products = of('products');
  const row = (key: string, name: string | null) => ({ key, values: { product_id: key, product_name: name } });
  const [first] = insertRows(products, [row('P1', 'Tea'), row("P'2", null)], context);
  expect(await run(first!)).toBe(2);
  const [second] = insertRows(products, [row('P1', 'Coffee'), row('P3', 'Milk \\ 3%')], context);
  expect(await run(second!)).toBe(1);
  expect(await rows('select product_id, product_name, status from products order by product_id nulls last')).toEqual([
    ["P'2", null, null],
    ['P1', 'Tea', null],
    ['P3', 'Milk \\ 3%', null],
  ]);
  expect(await run(deleteRows(products, ["P'2", 'P9'], context))).toBe(1);
});

test('an update sets what is given, each row its own columns', async () => {
  const { context, run, rows, targetOf: of } = await account();
  const relations = of('customer_products');
  const row = (key: string) => ({
    key,
    values: {
      relationship_id: key,
      customer_id: 'C1',
      product_id: 'P1',
      start_date: '2024-02-29',
      value: '12345678901.05',
    },
  });
  for (const statement of insertRows(relations, [row('R1'), row('R2'), row('R3')], context)) await run(statement);
  const changes = [
    { key: 'R1', values: { end_date: '2025-01-31', value: null } },
    { key: 'R2', values: { product_id: 'P2' } },
    { key: 'R9', values: { product_id: 'P9' } },
  ];
  expect(await run(updateRows(relations, changes, context))).toBe(2);
  const stored =
    'select relationship_id, product_id, cast(end_date as varchar), cast(value as varchar) from customer_products order by relationship_id nulls last';
  expect(await rows(stored)).toEqual([
    ['R1', 'P1', '2025-01-31', null],
    ['R2', 'P2', null, '12345678901.05'],
    ['R3', 'P1', null, '12345678901.05'],
  ]);

  const read = { product_id: 'P2', end_date: null, value: '12345678901.05' };
  expect(await run(updateOne(relations, 'R2', { value: '1.5' }, { ...read, value: '12345678901.06' }, context))).toBe(
    0,
  );
  expect(await run(updateOne(relations, 'R2', { value: '1.5' }, read, context))).toBe(1);
  expect(await run(deleteOne(relations, 'R2', read, context))).toBe(0);
  expect(await run(deleteOne(relations, 'R2', { ...read, value: '1.5' }, context))).toBe(1);
  expect(await run(deleteRelated(relations, 'customer_id', 'C1', context))).toBe(2);
});

test('another tenant of the same table has keys of its own', async () => {
  const { session, context, run, rows, targetOf: of } = await account('column');
  await session.run('create table products (product_id varchar, product_name varchar, "owner" varchar)');
  await session.run(`insert into products values ('P1', 'Theirs', 'other')`);
  const products = of('products');
  const row = { key: 'P1', values: { product_id: 'P1', product_name: 'Ours' } };
  expect(await run(insertRows(products, [row], context)[0]!)).toBe(1);
  expect(await run(insertRows(products, [row], context)[0]!)).toBe(0);
  expect(await run(updateRows(products, [{ key: 'P1', values: { product_name: 'Changed' } }], context))).toBe(1);
  expect(await rows('select product_name from products order by product_name nulls last')).toEqual([
    ['Changed'],
    ['Theirs'],
  ]);
  expect(await run(deleteRows(products, ['P1'], context))).toBe(1);
  expect(await rows('select product_name from products')).toEqual([['Theirs']]);
});
