import { afterAll, describe, expect, test } from 'vitest';
import { readImportPlan } from './read-import-plan.ts';
import { testFolder } from './test-warehouse.ts';

const files = testFolder({ 'orders.csv': 'a,b\n', 'lines.csv.gz': '' });
afterAll(files.remove);

const text = `version: 1
tables:
  customers:
    attributes:
      contact_name: { description: Contact person }
      credit: { type: decimal }
imports:
  sources:
    orders: { file: orders.csv, delimiter: ";", quote: "'", null_texts: [NA, "-"], columns: [a, b] }
    lines: { file: lines.csv.gz }
  tables:
    customer_products:
      sql: select * from lines join orders using (order_id)
      filters:
        - { reason: cancelled, where: "invoice like 'C%'" }
      key: [customer_id, product_id]
      on_reject: reject
    customers: { sql: select distinct customer_id from orders }
`;

test('the plan of a catalog', () => {
  const file = files.path('catalog.yaml');
  expect(readImportPlan(text, file)).toEqual({
    file,
    text,
    sources: [
      { name: 'orders', file: 'orders.csv', delimiter: ';', quote: "'", nullTexts: ['NA', '-'], columns: ['a', 'b'] },
      {
        name: 'lines',
        file: 'lines.csv.gz',
        delimiter: undefined,
        quote: undefined,
        nullTexts: [],
        columns: undefined,
      },
    ],
    tables: [
      {
        table: 'customers',
        attributes: [
          { name: 'contact_name', type: 'text' },
          { name: 'credit', type: 'decimal' },
        ],
        sql: 'select distinct customer_id from orders',
        filters: [],
        key: ['customer_id'],
        onReject: 'abort',
      },
      {
        table: 'customer_products',
        attributes: [],
        sql: 'select * from lines join orders using (order_id)',
        filters: [{ reason: 'cancelled', where: "invoice like 'C%'" }],
        key: ['customer_id', 'product_id'],
        onReject: 'reject',
      },
    ],
  });
});

describe('refused', () => {
  test('with source files that are not in the folder, each at its place', () => {
    expect(() => readImportPlan(text, 'elsewhere/catalog.yaml', '/nonexistent')).toThrow(
      'elsewhere/catalog.yaml:9:21 there is no file "/nonexistent/orders.csv"\n' +
        'elsewhere/catalog.yaml:10:20 there is no file "/nonexistent/lines.csv.gz"',
    );
    expect(readImportPlan(text, 'elsewhere/catalog.yaml', files.folder).sources).toHaveLength(2);
  });

  test('a folder is no source file', () => {
    const folder = text.replace('lines.csv.gz', '.');
    expect(() => readImportPlan(folder, files.path('catalog.yaml'))).toThrow(':10:20 there is no file');
  });

  test('without imports', () => {
    expect(() => readImportPlan('version: 1', 'c')).toThrow('c:1:1 the catalog has no imports section');
  });

  test('with imports that cannot be read, which are not said to be absent', () => {
    expect(() => readImportPlan('version: 1\nimports: 5', 'c')).toThrow(
      /^catalog\.invalid: c:2:10 must be a mapping, not a number$/,
    );
    expect(() => readImportPlan('version: 1\nimprts: {}', 'c')).toThrow(
      /^catalog\.invalid: c:2:1 unknown key "imprts" \(did you mean "imports"\?\)$/,
    );
  });

  test('with mistakes elsewhere in the file too', () => {
    expect(() => readImportPlan(text.replace('type: decimal', 'type: money'), files.path('c'))).toThrow(
      '"money" is not allowed',
    );
  });
});
