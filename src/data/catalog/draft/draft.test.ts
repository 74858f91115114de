import fc from '../../../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { duckdbDialect } from '../../sql/duckdb-dialect.ts';
import type { WireType } from '../../warehouse/port.ts';
import { createTable } from '../ddl.ts';
import { loadCatalog } from '../load.ts';
import { parseCatalogFile } from '../parse-file.ts';
import { TEST_TENANT, testWarehouse } from '../test-warehouse.ts';
import { draftCatalog } from './draft.ts';

type Written = { tables: Record<string, Record<string, unknown>> };

/** The draft of a world, what it says, and how the check takes it. */
async function draftOf(statements: readonly string[]) {
  const warehouse = await testWarehouse(statements);
  const owner = TEST_TENANT;
  try {
    const { text, missing } = draftCatalog(await warehouse.tables(owner), warehouse.dialect, 'shop.duckdb');
    const check = loadCatalog({ text, warehouse, tenant: owner, isolation: 'database' });
    const problems = await check.then(
      () => '',
      (error: Error) => error.message,
    );
    return { text, missing, problems, tables: (parse(text) as Written).tables };
  } finally {
    await warehouse.close();
  }
}

const ODD_SHOP = [
  'create schema crm',
  `create table crm.tbl_clnt_master ("Clnt No" bigint, "Full Name" varchar, email varchar, mobile_phone varchar,
     country varchar, signed_up_at timestamp, tier varchar, "Total (EUR)" decimal(12,2), status varchar)`,
  'create table crm.client_addresses (client_no bigint, street varchar, city varchar)',
  'create table articles (sku varchar, title varchar, category varchar, launched date)',
  'create table orders (order_id bigint, "Clnt No" bigint, order_date date, status varchar)',
  'create table order_items (order_id bigint, line_no int, sku varchar, qty int, unit_price decimal(10,2), discount double)',
  'create table suppliers (id int, name varchar, contact varchar)',
];

describe('a sales schema under odd names', () => {
  test('is mapped, and the draft passes the check', async () => {
    const { tables, missing, problems, text } = await draftOf(ODD_SHOP);
    expect(missing).toEqual([]);
    expect(problems).toBe('');
    expect(text).not.toContain('TODO');
    expect(tables['customers']).toEqual({
      table: 'crm.tbl_clnt_master',
      columns: {
        customer_id: 'Clnt No',
        customer_name: 'Full Name',
        customer_type: 'tier',
        region: 'country',
        registration_date: 'signed_up_at',
        status: 'status',
      },
      attributes: {
        email: { column: 'email', personal: true },
        mobile_phone: { column: 'mobile_phone', personal: true },
        total_eur: { column: 'Total (EUR)' },
      },
    });
    expect(tables['products']).toEqual({
      table: 'articles',
      columns: { product_id: 'sku', product_name: 'title', product_category: 'category', launch_date: 'launched' },
    });
    expect(Object.keys(tables).slice(3)).toEqual(['crm_client_addresses', 'orders', 'suppliers']);
    expect(tables['crm_client_addresses']).toEqual({ table: 'crm.client_addresses', personal: ['street'] });
  });

  test('has its relationships joined from lines and header', async () => {
    const { tables } = await draftOf(ODD_SHOP);
    const { sql, columns, attributes } = tables['customer_products']!;
    expect(sql).toMatch(/from "order_items" l\njoin "orders" h on h\."order_id" = l\."order_id"\n$/);
    expect(columns).toEqual({
      relationship_id: { expression: `concat_ws('-', "order_id", "line_no", "sku")` },
      customer_id: 'Clnt No',
      product_id: 'sku',
      relationship_type: { expression: "'purchase'" },
      start_date: 'order_date',
      value: { expression: '"unit_price" * "qty" * (1 - "discount")' },
    });
    expect(attributes).toEqual({
      order_id: { column: 'order_id' },
      line_no: { column: 'line_no' },
      status: { column: 'status' },
    });
  });

  test('says why at every guess', async () => {
    const { text } = await draftOf(ODD_SHOP);
    expect(text).toContain('  # the name reads as customers, columns fit, other tables refer to it\n  customers:');
    expect(text).toContain('customer_id: Clnt No # the key');
    expect(text).toContain('region: country # named like a column for the region');
    expect(text).toContain('# sku names a product, and order_id leads to orders, whose Clnt No names the customer');
    const guesses = text
      .split('\n')
      .filter(
        (line) =>
          /^ {6}(customer_|product_|rel|start|value|region|status|launch|regis)/.test(line) &&
          !line.includes('{ column'),
      );
    expect(guesses.filter((line) => !line.includes(' # '))).toEqual([]);
  });
});

test('subscriptions with a monthly fee: value is monthly, names are put together', async () => {
  const { tables, problems } = await draftOf([
    'create table users (id uuid, first_name varchar, last_name varchar, email varchar, created_at timestamptz, state varchar)',
    'create table plans (id int, name varchar, type varchar, price decimal(8,2))',
    'create table subscriptions (id bigint, user_id uuid, plan_id int, started_at timestamp, canceled_at timestamp, monthly_fee decimal(8,2))',
    'create table events (id bigint, user_id uuid, ts timestamp, payload json)',
  ]);
  expect(problems).toBe('');
  expect(tables['customers']!['columns']).toMatchObject({
    customer_id: 'id',
    customer_name: { expression: `concat_ws(' ', "first_name", "last_name")` },
    registration_date: 'created_at',
  });
  expect(tables['customer_products']).toEqual({
    table: 'subscriptions',
    columns: {
      relationship_id: 'id',
      customer_id: 'user_id',
      product_id: 'plan_id',
      relationship_type: { expression: "'subscription'" },
      start_date: 'started_at',
      end_date: 'canceled_at',
      value: 'monthly_fee',
    },
    value: { default: 'monthly' },
  });
  expect(tables['events']).toEqual({ table: 'events' });
});

test('purchases without a number of their own are known by customer, product and day', async () => {
  const { tables, problems } = await draftOf([
    'create table accounts (acct_id int, acct_name varchar)',
    'create table items (item_id int, item_name varchar)',
    'create table purchases (acct_id int, item_id int, purchased_on date, total_price double, qty int)',
  ]);
  expect(problems).toBe('');
  expect(tables['customer_products']!['columns']).toMatchObject({
    relationship_id: { expression: `concat_ws('-', "acct_id", "item_id", "purchased_on")` },
    value: 'total_price',
  });
});

test('a price without a discount is times the quantity; columns of one name in lines and header are told apart', async () => {
  const { tables, problems } = await draftOf([
    'create table clients (client_id int, name varchar)',
    'create table products (product_id int, name varchar)',
    'create table invoices (invoice_id int, client_id int, issued date, note varchar)',
    'create table invoice_lines (line_id int, invoice_id int, product_id int, price double, quantity int, note varchar)',
  ]);
  expect(problems).toBe('');
  expect(tables['customer_products']!['columns']).toMatchObject({
    relationship_id: 'line_id',
    value: { expression: '"price" * "quantity"' },
  });
  expect(tables['customer_products']!['sql']).toContain('h."note" as "invoices_note"');
});

test('tables of the service itself are managed, with their further columns as attributes', async () => {
  const { tables, problems } = await draftOf([
    createTable('customers', [
      { name: 'contact_email', type: 'text' },
      { name: 'credit', type: 'decimal' },
    ]),
    createTable('products'),
    createTable('customer_products'),
    'create table "my.table" (a int)',
  ]);
  expect(problems).toBe('');
  expect(tables).toEqual({
    customers: { attributes: { contact_email: { type: 'text', personal: true }, credit: { type: 'decimal' } } },
    products: {},
    customer_products: {},
    my_table: { table: '"my.table"' },
  });
});

test('what no table looks like is left for a person to choose', async () => {
  const { missing, text, problems } = await draftOf([
    'create table customers (customer_id int, name varchar)',
    'create table weather (day date, rain double)',
  ]);
  expect(missing).toEqual(['products', 'customer_products']);
  expect(text).toContain('# TODO choose: no table looks like products; say under tables where it is.');
  expect(problems).toContain('the warehouse has no table "products"');
});

test('an empty warehouse', () => {
  const { missing, text } = draftCatalog([], duckdbDialect, 'x');
  expect(missing).toHaveLength(3);
  expect(parseCatalogFile(text, 'c').problems.lines()).toEqual([]);
});

test('what is called by blanks alone is left out', () => {
  const column = (name: string) => ({ name, type: 'text' as const, engineType: 'VARCHAR', isNullable: true });
  const columns = [column('customer_id'), column('customer_name'), column('  ')];
  const table = (...path: string[]) => ({ path, kind: 'table' as const, columns });
  const { text } = draftCatalog(
    [table('customers'), table(' '), table('shop', '\u3000'), { ...table('products'), columns: [column(' ')] }],
    duckdbDialect,
    'x',
  );
  const { problems, core, datasets } = parseCatalogFile(text, 'c');
  expect(problems.lines()).toEqual([]);
  expect([Object.keys(core), [...datasets.keys()]]).toEqual([['customers'], []]);
});

test('whatever the tables are called, the draft is a catalog without mistakes of form', () => {
  const words =
    'customer client order line item product sku id no name date amount price qty status type email Größe a:b # - {x} "q"'.split(
      ' ',
    );
  const name = fc.oneof(
    fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('_')),
    fc.string({ minLength: 1, maxLength: 12 }),
  );
  const type = fc.constantFrom<WireType>(
    'text',
    'integer',
    'decimal',
    'double',
    'boolean',
    'date',
    'timestamp',
    'json',
  );
  const column = fc.record({ name, type, engineType: fc.constant('X'), isNullable: fc.boolean() });
  const columns = fc.uniqueArray(column, { minLength: 1, maxLength: 7, selector: (one) => one.name });
  const table = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 2 }),
    kind: fc.constant('table' as const),
    columns,
  });
  fc.assert(
    fc.property(fc.array(table, { maxLength: 6 }), (tables) => {
      const { text } = draftCatalog(tables, duckdbDialect, 'x');
      expect(parseCatalogFile(text, 'c').problems.lines()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
