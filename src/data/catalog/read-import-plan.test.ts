import { afterAll, describe, expect, test } from 'vitest';
import type { ImportOverrides } from './import-plan.ts';
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
        mode: 'replace',
        onMissingReference: 'reject',
        sourceLines: undefined,
      },
      {
        table: 'customer_products',
        attributes: [],
        sql: 'select * from lines join orders using (order_id)',
        filters: [{ reason: 'cancelled', where: "invoice like 'C%'" }],
        key: ['customer_id', 'product_id'],
        onReject: 'reject',
        mode: 'replace',
        onMissingReference: 'reject',
        sourceLines: undefined,
      },
    ],
  });
});

describe('modes, missing references and source lines', () => {
  const said = text.replace(
    'on_reject: reject',
    'on_reject: reject\n      mode: upsert\n      on_missing_reference: placeholder\n      source_lines: lines',
  );
  const words = (catalog: string, overrides?: ImportOverrides) =>
    readImportPlan(catalog, files.path('catalog.yaml'), files.folder, overrides).tables.map(
      ({ onReject, mode, onMissingReference, sourceLines }) => [onReject, mode, onMissingReference, sourceLines],
    );

  test('of the catalog', () => {
    expect(words(said)).toEqual([
      ['abort', 'replace', 'reject', undefined],
      ['reject', 'upsert', 'placeholder', 'lines'],
    ]);
  });

  test('of this run win where they can apply', () => {
    expect(words(said, { onReject: 'abort', mode: 'append', onMissingReference: 'reject' })).toEqual([
      ['abort', 'append', 'reject', undefined],
      ['abort', 'append', 'reject', 'lines'],
    ]);
    expect(words(text, { onMissingReference: 'placeholder' })).toEqual([
      ['abort', 'replace', 'reject', undefined],
      ['reject', 'replace', 'placeholder', undefined],
    ]);
  });

  test('placeholders need tables that are ours', () => {
    const mapped = (catalog: string) =>
      catalog.replace('  customers:\n', '  products: { table: crm.goods }\n  customers:\n');
    const problem = /placeholders need managed customers and products, and products is read from "crm.goods"$/;
    expect(() => words(mapped(said))).toThrow(problem);
    expect(() => words(mapped(said))).toThrow(':20:29 ');
    expect(() => words(mapped(text), { onMissingReference: 'placeholder' })).toThrow(problem);
    expect(words(mapped(text), { onMissingReference: 'reject' })).toHaveLength(2);
    const alone = mapped(text)
      .replace(
        'customer_products:\n      sql: select * from lines join orders using (order_id)',
        'products:\n      sql: select 1 from lines',
      )
      .replace('  products: { table: crm.goods }\n', '')
      .replace('key: [customer_id, product_id]', 'key: [product_id]');
    expect(words(alone, { onMissingReference: 'placeholder' })).toHaveLength(2);
    const derived = said.replace('  customers:\n', '  products: { sql: select 1 as product_id }\n  customers:\n');
    expect(() => words(derived)).toThrow('products is read from an SQL statement');
  });

  test('a customer refers to nothing', () => {
    const wrong = text.replace('from orders }', 'from orders, on_missing_reference: reject }');
    expect(() => words(wrong)).toThrow('unknown key "on_missing_reference"');
    expect(() => words(text.replace('on_reject: reject', 'mode: merge'))).toThrow('"merge" is not allowed');
  });
});

describe('refused', () => {
  test('with files of datasets that are not in the folder', () => {
    const more = text.replace('tables:\n', 'tables:\n  raw: { file: orders.csv }\n  gone: { file: gone.csv }\n');
    expect(() => readImportPlan(more, 'elsewhere/catalog.yaml', files.folder)).toThrow(
      `elsewhere/catalog.yaml:4:17 there is no file "${files.path('gone.csv')}"`,
    );
    const unknown = text.replace('tables:\n', 'tables:\n  raw: { file: orders.doc }\n');
    expect(() => readImportPlan(unknown, 'c', files.folder)).toThrow(/^catalog\.invalid: c:3:16 must end in [^\n]*$/);
  });

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
