import { expect, test } from 'vitest';
import type { ImportReport } from './model.ts';
import { printReport } from './report.ts';

const CSV = {
  format: 'csv',
  encoding: 'utf-8',
  compression: null,
  delimiter: ',',
  quote: '"',
  detected: ['format', 'encoding', 'compression', 'delimiter', 'quote'],
} satisfies Partial<ImportReport['sources'][number]>;

const REPORT: ImportReport = {
  outcome: 'imported',
  problem: null,
  catalog: '/c/catalog.yaml',
  startedAt: '2024-01-01T00:00:00.000Z',
  seconds: 1.25,
  sources: [
    { name: 'orders', file: 'orders.csv', ...CSV, rows: 2155, read: 2155, rejected: 0, blankLines: 0, rejects: [] },
    {
      name: 'c',
      file: 'c.csv',
      ...CSV,
      compression: 'gzip',
      delimiter: '\t',
      quote: '',
      detected: ['format', 'compression'],
      rows: 3,
      read: 2,
      rejected: 1,
      blankLines: 1200,
      rejects: [{ reason: 'csv.columns', rows: 1, samples: [{ line: 4, text: 'a\u001b[31m\u202e\nb' }] }],
    },
  ],
  tables: [
    {
      table: 'customers',
      rowsIn: 91,
      filtered: 0,
      rejected: 0,
      rowsOut: 91,
      updated: 90,
      placeholders: [],
      filters: [],
      rejects: [],
      valueSum: null,
      warnings: [],
    },
    {
      table: 'customer_products',
      rowsIn: 1_234_567,
      filtered: 2,
      rejected: 1,
      rowsOut: 1_234_564,
      updated: 0,
      filters: [
        {
          reason: 'cancellation',
          rows: 2,
          sourceLines: 1002,
          samples: [{ row: 1, line: null, values: { id: 'C1', note: null } }],
        },
      ],
      rejects: [
        {
          reason: 'value.precision',
          rows: 1,
          sourceLines: null,
          samples: [{ row: 7, line: 9, values: { id: 'R7', value: '1.005' } }],
        },
      ],
      placeholders: [
        {
          table: 'products',
          placeholders: 3,
          rows: 187,
          sourceLines: 222,
          ids: ['P8', 'P9\n'],
          samples: [{ row: 3, line: null, values: { id: 'R3', product_id: 'P8' } }],
        },
        { table: 'customers', placeholders: 1, rows: 2, sourceLines: null, ids: ['C9'], samples: [] },
      ],
      valueSum: '-12345678901234567.10',
      warnings: ['3 rows without start_date: they are in no period'],
    },
  ],
};

test('a report on a terminal', () => {
  expect(printReport(REPORT).join('\n')).toMatchInlineSnapshot(`
    "file         rows   read  rejected
    orders.csv  2,155  2,155         0
    c.csv           3      2         1
      orders.csv: csv, utf-8, delimiter ,, quote "
      c.csv: csv, utf-8, gzip, delimiter tab, quote none; declared: encoding, delimiter, quote
      c.csv: 1,200 blank lines
      c.csv: 1 rejected, csv.columns: more or fewer fields than the file has columns
        line 4: a\\u001b[31m\\u202e\\u000ab

    table                rows in  filtered  rejected   rows out  updated                sum of value
    customers                 91         0         0         91       90
    customer_products  1,234,567         2         1  1,234,564        0  -12,345,678,901,234,567.10
      customer_products: 2 filtered (1,002 source lines), cancellation
        row 1: id=C1 note=
      customer_products: 1 rejected, value.precision
        line 9: value=1.005 id=R7
      products: 3 placeholders for 187 rows (222 source lines): P8, P9\\u000a, …
        row 3: product_id=P8 id=R3
      customers: 1 placeholders for 2 rows: C9
      customer_products: warning: 3 rows without start_date: they are in no period

    imported /c/catalog.yaml in 1.3 s"
  `);
});

test('what failed, and what a dry run found', () => {
  const empty = { ...REPORT, sources: [], tables: [] };
  expect(printReport({ ...empty, outcome: 'failed', problem: 'the disk is full' })).toEqual([
    'NOT IMPORTED, nothing was changed: the disk is full',
    'stopped in 1.3 s',
  ]);
  expect(printReport({ ...empty, outcome: 'cancelled', problem: 'stopped while checking a.csv' })).toEqual([
    'CANCELLED, nothing was changed: stopped while checking a.csv',
  ]);
  expect(printReport({ ...empty, outcome: 'checked' })).toEqual([
    'checked /c/catalog.yaml, changed nothing (dry run) in 1.3 s',
  ]);
});
