import fc from '../../../test/fast-check.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { AppError } from '../../lib/app-error.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { loadCatalog } from './load.ts';
import { TEST_TENANT, testFolder, testWarehouse } from './test-warehouse.ts';

const files = testFolder({ 'orders.csv': 'id,amount\n1,2\n' });
let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await testWarehouse([
    'create schema crm',
    'create table crm.clients (client_no bigint, full_name varchar, since timestamp, is_vip boolean)',
    'create table crm.product_master (sku varchar, title varchar)',
    'create table sales (id bigint, client_no bigint, sku varchar, sold date, amount decimal(10,2))',
  ]);
});
afterAll(async () => {
  await warehouse.close();
  files.remove();
});

async function linesOf(text: string): Promise<string[]> {
  try {
    const options = { warehouse, tenant: TEST_TENANT, isolation: 'database', importFolder: files.folder } as const;
    await loadCatalog({ file: files.path('c.yaml'), text, ...options });
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'catalog.invalid') throw error;
    return error.detail.replaceAll(`${files.folder}/`, '').split('\n');
  }
}

const VALID = `version: 1
tables:
  customers:
    table: crm.clients
    columns:
      customer_id: client_no
      customer_name: full_name
      registration_date: since
    attributes:
      is_vip: { type: boolean }
  products:
    table: crm.product_master
    columns: { product_id: sku, product_name: { expression: "trim(title)" } }
  customer_products:
    sql: |
      select id as relationship_id, client_no as customer_id, sku as product_id, sold as start_date, amount as value
      from sales
    value: { default: once, types: { subscription: monthly } }
  orders: { file: orders.csv }
`;

test('a valid file', async () => {
  expect(await linesOf(VALID)).toEqual([]);
});

test('ten mistakes of ten kinds give ten lines, each at its place', async () => {
  const text = `version: 1
table: {}
tables:
  customers:
    table: crm.client
    attributes: { Full: {} }
  products:
    table: crm.product_master
    colums: { product_id: sku }
    attributes:
      size: { column: sku, type: integr }
      status: { column: title }
      long: { expression: "length(titel)" }
      short: { column: titl }
  customer_products:
    sql: select id as relationship_id, client_no as customer_id, sold as start_date from sales
    value: { default: weekly }
  orders: { file: order.csv }
`;
  expect(await linesOf(text)).toEqual([
    'c.yaml:2:1 unknown key "table" (did you mean "tables"?)',
    'c.yaml:5:12 the warehouse has no table "crm.client" (did you mean "crm.clients"?)',
    'c.yaml:6:19 "Full" is not a name of lower-case letters, digits and _, starting with a letter, at most 63 characters',
    'c.yaml:9:5 unknown key "colums" (did you mean "columns"?)',
    'c.yaml:11:34 "integr" is not allowed: text, integer, decimal, double, boolean, date, timestamp or json (did you mean "integer"?)',
    'c.yaml:12:7 "status" is a core column of products; name the attribute otherwise',
    'c.yaml:13:27 Referenced column "titel" not found in FROM clause (did you mean "title"?)',
    'c.yaml:14:24 the table "crm.product_master" has no column "titl" (did you mean "title"?)',
    'c.yaml:16:10 customer_products needs product_id, and the sql of customer_products has no such column',
    'c.yaml:17:23 "weekly" is not allowed: once or monthly',
    'c.yaml:18:19 there is no file "order.csv"',
  ]);
});

test('ten other mistakes of ten kinds give ten lines, each at its place', async () => {
  const text = `version: one
tables:
  customers:
    table: crm.clients
    columns:
      customer_id: null
      registration_date: is_vip
      customer_nam: full_name
    table: crm.clients
  products:
    columns: { product_id: sku }
\tdescription: 5
  orders: { file: orders.csv, sql: select 1 }
  raw: {}
imports:
  sources:
    unused: { file: orders.csv }
    orders: { file: nope.csv }
  tables:
    customers:
      sql: select * from orders
      key: [custmer_id]
    products:
      sql: select * from orders
      filters: [{ reason: none, where: " " }]
    customer_products:
      sql: select * from orders
`;
  expect(await linesOf(text)).toEqual([
    'c.yaml:1:10 "one" is not allowed: 1',
    'c.yaml:6:20 customers needs customer_id: it cannot be null',
    'c.yaml:7:26 customers.registration_date is date, and BOOLEAN cannot become that',
    'c.yaml:8:7 unknown core column "customer_nam" (did you mean "customer_name"?)',
    'c.yaml:9:5 duplicate key "table", first on line 4',
    'c.yaml:11:5 products is managed (it names no table, sql or file), so its columns cannot be mapped',
    'c.yaml:12:1 a tab in the indentation; use spaces',
    'c.yaml:12:15 must be text, not a number',
    'c.yaml:13:31 "orders" has both file and sql; keep one',
    'c.yaml:14:3 the dataset "raw" needs one of table, sql and file',
    'c.yaml:17:5 no sql of the import reads the source "unused"',
    'c.yaml:18:21 there is no file "nope.csv"',
    'c.yaml:20:5 imports fill managed tables, and customers is read from "crm.clients"',
    'c.yaml:22:13 customers has no column "custmer_id" (did you mean "customer_id"?)',
    'c.yaml:25:40 must be text that is not empty',
  ]);
});

test('a path that no file can have is a file that is not there', async () => {
  for (const path of [String.raw`"or\0ders.csv"`, `"${'o'.repeat(4000)}.csv"`]) {
    const lines = await linesOf(`version: 1\ntables:\n  orders: { file: ${path} }\n`);
    expect(lines).toContainEqual(expect.stringMatching(/^c\.yaml:3:19 there is no file /));
  }
});

test('whatever bytes of a valid file are changed, the answer is a catalog or its mistakes', async () => {
  const bytes = Buffer.from(VALID);
  const edit = fc.record({
    at: fc.nat(bytes.length - 1),
    kind: fc.constantFrom('replace', 'insert', 'delete', 'repeat'),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from(' \t\n:{}[]"\'#&*!|>-?,')), {
      arbitrary: fc.nat(127),
      weight: 2,
    }),
  });
  const file = files.path('mutated.yaml');
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
      const changed = [...bytes];
      for (const { at, kind, byte } of edits) {
        if (kind === 'repeat') changed.splice(at, 0, ...changed.slice(at, at + 40));
        else changed.splice(at, kind === 'insert' ? 0 : 1, ...(kind === 'delete' ? [] : [byte]));
      }
      writeFileSync(file, Uint8Array.from(changed));
      try {
        const catalog = await loadCatalog({ file, warehouse, tenant: TEST_TENANT, isolation: 'database' });
        expect(catalog.tables.size).toBeGreaterThanOrEqual(3);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).code).toBe('catalog.invalid');
        const form = /^(… and \d+ more|\S+mutated\.yaml:\d+:\d+ \S[^]*)$/;
        for (const line of (error as AppError).detail.split('\n')) expect(line).toMatch(form);
      }
    }),
    { numRuns: 400 },
  );
});
