import { expect, onTestFinished, test } from 'vitest';
import { settingsWith } from '../../src/config/settings.ts';
import type { AppError } from '../../src/lib/app-error.ts';
import { CORE_TABLE_NAMES } from '../../src/data/catalog/core-tables.ts';
import { createTable } from '../../src/data/catalog/ddl.ts';
import { loadCatalog } from '../../src/data/catalog/load.ts';
import { compile } from '../../src/data/sql/compile.ts';
import { snowflakeDialect } from '../../src/data/sql/snowflake-dialect.ts';
import { columns, sql } from '../../src/data/sql/sql.ts';
import { openSnowflake } from '../../src/data/warehouse/snowflake/warehouse.ts';
import { tenant } from '../../src/data/warehouse/tenant.ts';
import { isWritable } from '../../src/data/writes/target.ts';
import { testStandIn } from './driver.ts';
import { plainDriver } from './imports/plain-driver.ts';

const owner = tenant('default');

async function account(...statements: readonly string[]) {
  const settings = settingsWith({ WAREHOUSE: 'snowflake', SNOWFLAKE_DATABASE: 'DEMO' });
  const warehouse = await openSnowflake({ settings, driver: plainDriver(await testStandIn()), log: () => undefined });
  onTestFinished(() => warehouse.close());
  await warehouse.write(owner, async (writer) => {
    for (const text of statements) await writer.run(text);
  });
  const load = (text?: string) => loadCatalog({ warehouse, tenant: owner, isolation: 'database', text });
  return { warehouse, load };
}

const tableOf = (table: string) => ({ kind: 'table', table }) as const;

test('managed tables are found by their upper-case names; further columns are attributes', async () => {
  const { warehouse, load } = await account(
    ...CORE_TABLE_NAMES.map((name) => {
      const attributes = name === 'customers' ? [{ name: 'segment', type: 'decimal' as const }] : [];
      return createTable(name, attributes, name, snowflakeDialect);
    }),
  );
  const catalog = await load();
  const customers = catalog.tables.get('customers')!;
  expect(customers.source).toEqual({ kind: 'table', path: ['CUSTOMERS'] });
  expect(customers.columns.map(({ name, source }) => [name, source])).toEqual(
    expect.arrayContaining([
      ['customer_id', { kind: 'column', column: 'CUSTOMER_ID' }],
      ['attribute_segment', { kind: 'column', column: 'SEGMENT' }],
    ]),
  );
  // No cast: every column can be written.
  for (const { columns: list } of catalog.tables.values())
    expect(list.filter(({ source }) => source.kind === 'expression').map(({ name }) => name)).toEqual(
      list.some(({ name }) => name === 'value_kind') ? ['value_kind'] : [],
    );
  for (const name of CORE_TABLE_NAMES) expect(isWritable(catalog, name)).toBe(true);
  const statement = compile(sql`select ${columns(tableOf('customers'), 'c')} from ${tableOf('customers')} c`, {
    dialect: warehouse.dialect,
    catalog,
    tenant: owner,
    isolation: 'database',
  });
  const { schema } = await warehouse.query(owner, statement, { lane: 'fast' });
  expect(schema.map(({ name }) => name)).toEqual(customers.columns.map(({ name }) => name));
});

const MAPPED = `version: 1
tables:
  customers:
    table: crm.people
    columns: { customer_id: "Person No", customer_name: full_name, status: { expression: "iff(gone, 'left', 'here')" } }
    attributes: { score: { column: SCORE } }
  products: { table: goods, columns: { product_id: id } }
  customer_products:
    table: sales
    columns: { relationship_id: id, customer_id: who, product_id: what, relationship_type: kind }
    value: { default: once, types: { "a\\\\b": monthly } }
  'sheet': { table: crm.people }
`;

test('tables and columns are found whatever their case, and addressed as they are stored', async () => {
  const { warehouse, load } = await account(
    'create schema if not exists "crm"',
    'create table "crm"."People" ("Person No" varchar, full_name varchar, gone boolean, score number(10,2))',
    'create table goods (id varchar)',
    'create table sales (id varchar, who varchar, what varchar, kind varchar)',
    `insert into "crm"."People" values ('1', 'Ann', true, 1.5)`,
    `insert into sales values ('R', '1', 'P', 'a\\\\b')`,
  );
  const catalog = await load(MAPPED);
  expect(catalog.tables.get('customers')).toMatchObject({ source: { path: ['crm', 'People'] } });
  const context = { dialect: warehouse.dialect, catalog, tenant: owner, isolation: 'database' } as const;
  const ask = async (fragment: ReturnType<typeof sql>) => {
    const { schema, columns: values } = await warehouse.query(owner, compile(fragment, context), { lane: 'fast' });
    return Object.fromEntries(schema.map(({ name }, c) => [name, values[c]![0]]));
  };
  const customers = tableOf('customers');
  expect(
    await ask(sql`select c.customer_id, c.customer_name, c.status, c.attribute_score from ${customers} c`),
  ).toEqual({ customer_id: '1', customer_name: 'Ann', status: 'left', attribute_score: expect.anything() });
  const sales = tableOf('customer_products');
  expect(await ask(sql`select r.relationship_id, r.value_kind from ${sales} r`)).toEqual({
    relationship_id: 'R',
    value_kind: 'monthly',
  });
  const sheet = tableOf('sheet');
  expect(await ask(sql`select ${columns(sheet, 's')} from ${sheet} s`)).toEqual({
    'Person No': '1',
    FULL_NAME: 'Ann',
    GONE: true,
    SCORE: expect.anything(),
  });
});

test('a file is refused with its line: none is read there', async () => {
  const { load } = await account(...CORE_TABLE_NAMES.map((name) => createTable(name, [], name, snowflakeDialect)));
  const text =
    'version: 1\ntables:\n  customers: {}\n  products: {}\n  customer_products: {}\n  sheet: { file: sheet.csv }\n';
  await expect(load(text)).rejects.toMatchObject({
    code: 'catalog.invalid',
    detail: expect.stringMatching(/^catalog:6:\d+ files are read on DuckDB only/),
  });
});

test('a table that is not there is reported in its place, with the other mistakes', async () => {
  const { load } = await account(...CORE_TABLE_NAMES.map((name) => createTable(name, [], name, snowflakeDialect)));
  const text = `version: 1
tables:
  customers: {}
  products: {}
  customer_products: {}
  one: { sql: select * from no_such_table }
  two: { sql: select no_such_column from customers }
`;
  const error: unknown = await load(text).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'catalog.invalid' });
  expect((error as AppError).detail.split('\n')).toEqual([
    expect.stringMatching(/^catalog:6:15 .*NO_SUCH_TABLE.* does not exist, or role .* GRANT SELECT ON TABLE/),
    expect.stringMatching(/^catalog:7:15 .*NO_SUCH_COLUMN/),
  ]);
});
