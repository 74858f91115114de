import { describe, expect, test } from 'vitest';
import { CATALOG_BYTES, parseCatalogFile } from './parse-file.ts';

const problemsOf = (tables: string) => parseCatalogFile(`version: 1\n${tables}`, 'c').problems.lines();

describe('rules over several fields', () => {
  test.each([
    ['tables: { raw: { table: a, sql: select 1 } }', ['c:2:28 "raw" has both table and sql; keep one']],
    [
      'tables: { raw: { table: a, sql: b, file: c.csv } }',
      ['c:2:28 "raw" has both table and sql; keep one', 'c:2:36 "raw" has both table and file; keep one'],
    ],
    ['tables: { raw: {} }', ['c:2:11 the dataset "raw" needs one of table, sql and file']],
    ['tables: { raw: { tabel: x } }', ['c:2:18 unknown key "tabel" (did you mean "table"?)']],
    ['tables: { raw: { file: x.xlsx } }', ['c:2:24 must end in .csv, .csv.gz, .parquet, .json or .ndjson']],
    ['tables: { raw: { file: x.parquet, delimiter: ";" } }', ['c:2:35 delimiter is for CSV files']],
    ['tables: { raw: { table: x, delimiter: ";" } }', ['c:2:28 delimiter is for CSV files']],
    ['tables: { raw: { file: x.CSV.GZ, delimiter: ";" } }', []],
    [
      'tables: { customers: { columns: { status: s } } }',
      ['c:2:24 customers is managed (it names no table, sql or file), so its columns cannot be mapped'],
    ],
    [
      'tables: { customers: { tble: x, columns: { status: s } } }',
      ['c:2:24 unknown key "tble" (did you mean "table"?)'],
    ],
    ['tables: { customers: { table: 5, columns: { status: s } } }', ['c:2:31 must be text, not a number']],
    [
      'tables: { customers: { attributes: { status: {} } } }',
      ['c:2:38 "status" is a core column of customers; name the attribute otherwise'],
    ],
    [
      'tables: { customers: { attributes: { a: { column: b } } } }',
      ['c:2:43 customers is managed: its attributes are stored columns, so they take no column'],
    ],
    [
      'tables: { customers: { table: t, attributes: { a: { column: b, expression: c } } } }',
      ['c:2:64 has both column and expression; keep one'],
    ],
    [
      'tables: { custmers: { table: t, columns: { customer_id: x, region: y } } }',
      ['c:2:11 "custmers" has fields of a core table but is none (did you mean "customers"?)'],
    ],
    ['tables: { custmers: { table: t } }', []],
    ['tables: [1]', ['c:2:9 must be a mapping, not a list']],
  ])('%s', (tables, lines) => {
    expect(problemsOf(tables)).toEqual(lines);
  });
});

describe('rules of imports', () => {
  const imports = (text: string, tables = '{}') =>
    problemsOf(
      `tables: ${tables}\nimports:\n  sources: { orders: { file: o.csv }, lines: { file: l.csv } }\n  tables: ${text}\n`,
    );

  test.each([
    ['{ customers: { sql: select * from Orders join "lines" using (id) } }', '{}', []],
    ['{ customers: { sql: select * from orders } }', '{}', ['c:4:39 no sql of the import reads the source "lines"']],
    [
      '{ customers: { sql: select * from orders_2 join lines on true } }',
      '{}',
      ['c:4:14 no sql of the import reads the source "orders"'],
    ],
    ['{ customers: { sql: " " } }', '{}', ['c:5:31 must be text that is not empty']],
    [
      '{ customers: { sql: orders lines, filters: [{ reason: "", where: x }] } }',
      '{}',
      ['c:5:65 must be text that is not empty'],
    ],
    [
      '{ customers: { sql: orders lines, key: [customer_id, tier, nam] } }',
      '{ customers: { attributes: { tier: {} } } }',
      ['c:5:70 customers has no column "nam"'],
    ],
    [
      '{ products: { sql: orders lines, key: [produkt_id] } }',
      '{}',
      ['c:5:50 products has no column "produkt_id" (did you mean "product_id"?)'],
    ],
    [
      '{ products: { sql: orders lines } }',
      '{ products: { table: crm.p } }',
      ['c:5:13 imports fill managed tables, and products is read from "crm.p"'],
    ],
    [
      '{ products: { sql: orders lines } }',
      '{ products: { sql: select 1 } }',
      ['c:5:13 imports fill managed tables, and products is read from an SQL statement'],
    ],
    [
      '{ products: { sql: orders lines } }',
      '{ products: { tabel: crm.p } }',
      ['c:2:23 unknown key "tabel" (did you mean "table"?)'],
    ],
    [
      '{ orders: { sql: orders lines } }',
      '{}',
      ['c:5:13 unknown key "orders"; allowed: customers, products, customer_products'],
    ],
  ])('%s with tables %s', (text, tables, lines) => {
    expect(imports(text, tables)).toEqual(lines);
  });

  test('a source under two names of one spelling is a duplicate key', () => {
    const text =
      'version: 1\nimports:\n  sources:\n    a: { file: x }\n    a: { file: y }\n  tables: { products: { sql: a } }\n';
    expect(parseCatalogFile(text, 'c').problems.lines()).toEqual(['c:5:5 duplicate key "a", first on line 4']);
  });
});

test('a valid file gives its entries', () => {
  const parsed = parseCatalogFile('version: 1\ntables: { customers: { table: t }, raw: { table: r } }\n', 'c');
  expect(parsed.problems.isEmpty).toBe(true);
  expect(parsed.core).toEqual({ customers: { table: 't' } });
  expect([...parsed.datasets]).toEqual([['raw', { table: 'r' }]]);
  expect(parsed.imports).toBeUndefined();
});

test('a text that is too large is refused before it is parsed', () => {
  const started = performance.now();
  expect(() => parseCatalogFile('x'.repeat(10_000_000), 'c')).toThrow(
    `catalog.invalid: c:1:1 the file has 10000000 bytes; a catalog may have ${CATALOG_BYTES}`,
  );
  expect(performance.now() - started).toBeLessThan(1000);
});
