import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { CORE_TABLE_NAMES } from '../../src/data/catalog/core-tables.ts';
import { catalogCommand } from '../../src/data/catalog/command.ts';
import { createTable } from '../../src/data/catalog/ddl.ts';
import { draftCatalog } from '../../src/data/catalog/draft/draft.ts';
import { snowflakeDialect } from '../../src/data/sql/snowflake-dialect.ts';
import type { TableDescription } from '../../src/data/warehouse/port.ts';
import { openTestSnowflake } from '../../src/data/warehouse/snowflake/test-warehouse.ts';
import { testStandIn } from './driver.ts';
import { accountSettings } from './account-settings.ts';

/** `npm run catalog` over an account that statements have filled. */
async function account(...statements: readonly string[]) {
  const standIn = await testStandIn();
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const settings = {
    ...accountSettings(standIn),
    DATA_DIR: folder,
  } as const;
  const db = await openTestSnowflake(settings);
  if (statements.length > 0) await db.script(...statements);
  await db.warehouse.close();
  const run = async (...args: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const lines = { stdout: (line: string) => void out.push(line), stderr: (line: string) => void err.push(line) };
    const code = await catalogCommand(args, { env: settings, cwd: folder, ...lines });
    return { code, out, err };
  };
  return { run, standIn, path: (name: string) => join(folder, name) };
}

type Written = { tables: Record<string, Record<string, unknown>> };

test('a sales schema under odd names is drafted under its names, and the draft passes the check', async () => {
  const { run, path } = await account(
    'create schema if not exists "crm"',
    `create table "crm"."tbl clnt ""master""" ("Clnt No" number(38,0), first_name varchar, "Last Name" varchar, EMAIL varchar,
       country varchar, signed_up_at timestamp_ntz, "Total (EUR)" decimal(12,2), status varchar)`,
    'create table articles (sku varchar, title varchar, category varchar, launched date)',
    'create table orders (order_id number(38,0), "Clnt No" number(38,0), order_date date)',
    'create table order_items (order_id number(38,0), line_no int, sku varchar, qty int, unit_price decimal(10,2))',
    'create table "Suppliers" (id int, contact varchar)',
  );
  const drafted = await run('draft', '--out', 'draft.yaml');
  expect(drafted).toEqual({
    code: 0,
    out: [],
    err: [`written to ${path('draft.yaml')}; check it with: npm run catalog -- check --catalog ${path('draft.yaml')}`],
  });
  const text = readFileSync(path('draft.yaml'), 'utf8');
  expect(text).toMatch(/^# Drafted from DEMO\.PUBLIC of STANDIN by /);
  const { tables } = parse(text) as Written;
  expect(tables['customers']).toEqual({
    table: 'crm."tbl clnt ""master"""',
    columns: {
      customer_id: 'Clnt No',
      customer_name: {
        expression: `trim(concat_ws(' ', coalesce(cast("FIRST_NAME" as varchar), ''), coalesce(cast("Last Name" as varchar), '')))`,
      },
      region: 'COUNTRY',
      registration_date: 'SIGNED_UP_AT',
      status: 'STATUS',
    },
    attributes: { email: { column: 'EMAIL', personal: true }, total_eur: { column: 'Total (EUR)' } },
  });
  expect(tables['products']).toEqual({
    table: 'ARTICLES',
    columns: { product_id: 'SKU', product_name: 'TITLE', product_category: 'CATEGORY', launch_date: 'LAUNCHED' },
  });
  const { sql, columns } = tables['customer_products']!;
  expect(sql).toMatch(/from "ORDER_ITEMS" l\njoin "ORDERS" h on h\."ORDER_ID" = l\."ORDER_ID"\n$/);
  expect(columns).toMatchObject({
    customer_id: 'Clnt No',
    product_id: 'SKU',
    start_date: 'ORDER_DATE',
    value: { expression: '"UNIT_PRICE" * "QTY"' },
  });
  expect(tables['suppliers']).toEqual({ table: 'Suppliers', personal: ['CONTACT'] });
  const checked = await run('check', '--catalog', 'draft.yaml');
  expect(checked.out[0]).toBe(`ok  ${path('draft.yaml')} over DEMO.PUBLIC of STANDIN`);
  expect(checked).toMatchObject({ code: 0, err: [] });
});

test('the tables of the service itself are drafted as managed, with their attributes', async () => {
  const { run } = await account(
    ...CORE_TABLE_NAMES.map((name) => createTable(name, [], name, snowflakeDialect)),
    'alter table customers add column tier varchar',
  );
  const { out, err } = await run('draft');
  expect(err).toEqual([]);
  expect((parse(out.join('\n')) as Written).tables).toEqual({
    customers: { attributes: { tier: { type: 'text' } } },
    products: {},
    customer_products: {},
  });
});

test('an account without tables: nothing to draft, all is made at the start', async () => {
  const { run } = await account();
  const { code, err } = await run('draft');
  expect([code, err[0]]).toEqual([
    0,
    'no table of DEMO.PUBLIC of STANDIN looks like customers; say in the draft where it is',
  ]);
  const checked = await run('check');
  expect([checked.code, checked.out[0]]).toEqual([
    0,
    'ok  the built-in catalog over DEMO.PUBLIC of STANDIN; made at the start: customers, products, customer_products',
  ]);
});

test('an account that lets nobody in is said', async () => {
  const { run, standIn } = await account();
  const disabled = { code: '390101', sqlState: '08001', message: 'User access disabled.' };
  standIn.faults.add({ on: 'login', action: { kind: 'error', ...disabled }, times: 9 });
  const { code, err } = await run('draft');
  expect([code, err]).toEqual([1, [expect.stringContaining('SNOWFLAKE_USER is disabled')]]);
});

test('guesses do not depend on the case of names', () => {
  const shop = (name: (text: string) => string): TableDescription[] => {
    const table = (path: string, columns: Readonly<Record<string, 'text' | 'integer' | 'date'>>): TableDescription => ({
      path: [name(path)],
      kind: 'table',
      columns: Object.entries(columns).map(([column, type]) => ({
        name: name(column),
        type,
        engineType: '',
        isNullable: true,
      })),
    });
    return [
      table('dim_customer', { customer_id: 'integer', full_name: 'text', address1b: 'text', e_mail: 'text' }),
      table('dim_product', { product_key: 'integer', product_name: 'text', product_group: 'text' }),
      table('fact_sales', { customer_id: 'integer', product_key: 'integer', sales_date: 'date', order2a: 'text' }),
    ];
  };
  const drafts = [(text: string) => text, (text: string) => text.toUpperCase()].map((name) =>
    draftCatalog(shop(name), snowflakeDialect, 'x').text.toLowerCase(),
  );
  expect(drafts[1]).toBe(drafts[0]);
  expect(drafts[0]).toContain('customer_products:');
});
