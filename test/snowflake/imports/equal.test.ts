import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImportOverrides } from '../../../src/data/catalog/import-plan.ts';
import type { ImportOptions } from '../../../src/features/imports/service.ts';
import { BY_FILES, onAccount, onDuckdb, writeParquet, type Files } from './world.ts';

const people = (more = '') =>
  `    customers: { sql: "select id as customer_id, name as customer_name, since as registration_date from people", on_reject: reject${more} }`;
const GOODS = '    products: { sql: "select id as product_id, name as product_name from goods", on_reject: reject }';
const SALES = `    customer_products:
      sql: select id as relationship_id, who as customer_id, what as product_id, day as start_date, value, cast(lines as bigint) as lines from sales
      source_lines: lines
      on_reject: reject`;
const FIRST: Files = {
  'people.csv':
    'id,name,since\nC1,"Ann, ""A""",2024-01-05\nC2,,\nC3,"two\nlines",0001-01-01\nC4,\\N,9999-12-31\nC5,x,2024-02-30\n',
  'goods.csv': 'id,name\nP1,Tea\nP2,Pot\nP2,Again\n',
  'sales.csv':
    'id,who,what,day,value,lines\nR1,C1,P1,2024-01-01,9999999999999.99,1\nR2,C2,P2,,2,1\nR3,C9,P1,2024-01-01,-0.05,2\nR4,C1,P1,,1.005,1\n',
};
const ALL = [people(), GOODS, SALES].join('\n');

type Step = { files: Files; tables: string; overrides?: ImportOverrides; more?: Partial<ImportOptions> };

const SERIES: readonly [string, readonly Step[]][] = [
  ['replace, rejected rows left out', [{ files: FIRST, tables: ALL }]],
  [
    'replace twice',
    [
      { files: FIRST, tables: ALL },
      {
        files: {
          'people.csv': 'id,name,since\nC7,Di,\n',
          'goods.csv': 'id,name\n',
          'sales.csv': 'id,who,what,day,value,lines\n',
        },
        tables: ALL,
      },
    ],
  ],
  [
    'append: ids that are stored',
    [
      { files: FIRST, tables: ALL },
      {
        files: { 'people.csv': 'id,name,since\nC2,Other,\nC8,Cy,\nC8,Di,\n' },
        tables: people(),
        overrides: { mode: 'append' },
      },
      {
        files: {
          'sales.csv': 'id,who,what,day,value,lines\nR9,C8,P2,2024-01-09,1.10,1\nR1,C8,P2,,1,1\nR8,C9,P2,,1,1\n',
        },
        tables: SALES,
        overrides: { mode: 'append' },
      },
    ],
  ],
  ['append into tables that are not there', [{ files: FIRST, tables: ALL, overrides: { mode: 'append' } }]],
  [
    'append with a key besides the id',
    [
      { files: FIRST, tables: ALL },
      {
        files: { 'people.csv': 'id,name,since\nC8,two lines,\nC9,\\N,\nC1,Di,\n' },
        tables: people(', key: [customer_name]'),
        overrides: { mode: 'append' },
      },
    ],
  ],
  [
    'upsert',
    [
      { files: FIRST, tables: ALL },
      {
        files: { 'people.csv': 'id,name,since\nC2,Other,\nC8,Cy,\nC8,Di,\n' },
        tables: people(),
        overrides: { mode: 'upsert' },
      },
      {
        files: { 'sales.csv': 'id,who,what,day,value,lines\nR1,C8,P2,,3.5,1\nR7,C2,P2,2024-01-09,1.10,1\n' },
        tables: SALES,
        overrides: { mode: 'upsert' },
      },
    ],
  ],
  [
    'placeholders',
    [
      { files: FIRST, tables: ALL, overrides: { onMissingReference: 'placeholder' } },
      {
        files: { 'sales.csv': 'id,who,what,day,value,lines\nR20,C77,P77,,3.5,1\nR21,C77,P1,,1,4\n' },
        tables: SALES,
        overrides: { mode: 'append', onMissingReference: 'placeholder' },
      },
      { files: { 'people.csv': 'id,name,since\nC77,Late,\n' }, tables: people(), overrides: { mode: 'upsert' } },
    ],
  ],
  [
    'an abort',
    [
      { files: FIRST, tables: ALL, overrides: { onReject: 'abort' } },
      { files: FIRST, tables: ALL, overrides: { onReject: 'reject' } },
      { files: FIRST, tables: ALL, overrides: { onReject: 'abort', mode: 'append' } },
    ],
  ],
  [
    'a dry run',
    [
      { files: FIRST, tables: ALL },
      {
        files: { 'people.csv': 'id,name,since\nC7,Di,\n' },
        tables: people(),
        overrides: { mode: 'upsert' },
        more: { isDryRun: true },
      },
    ],
  ],
  [
    'customers that relationships need',
    [
      { files: FIRST, tables: ALL },
      { files: { 'people.csv': 'id,name,since\nC2,Di,\n' }, tables: people() },
      { files: { 'people.csv': 'id,name,since\nC1,A,\nC2,Di,\n' }, tables: people() },
    ],
  ],
  ['SQL with a mistake', [{ files: FIRST, tables: people().replace('since as', 'sinc as') }]],
];

const CASES = SERIES.flatMap(([name, steps]) => [
  [`${name}, as values`, undefined, steps] as const,
  [`${name}, by files`, BY_FILES, steps] as const,
]);

const plain = (report: object, root: string) => JSON.parse(JSON.stringify(report).replaceAll(root, '')) as object;

test.each(CASES)('%s: the same reports, rejected rows and tables', async (_name, limits, steps) => {
  const duckdb = await onDuckdb();
  const account = await onAccount(limits === undefined ? {} : { limits });
  for (const { files, tables, overrides, more } of steps) {
    const expected = await duckdb.importFiles(files, tables, overrides, more);
    const found = await account.importFiles(files, tables, overrides, more);
    expect(plain(found, account.root)).toEqual(plain(expected, duckdb.root));
    expect(await account.rejected()).toBe(await duckdb.rejected());
    if (expected.outcome === 'imported') expect(await account.stored()).toEqual(await duckdb.stored());
  }
  expect(await account.left()).toEqual([]);
});

test.each([
  ['few rows are compared with few', 30, /where t\."CUSTOMER_ID" in \(select i\.id from/],
  ['many rows with all', 20_001, /from "CUSTOMERS" t$/],
])('%s: the same reports and tables', async (_name, count, read) => {
  const duckdb = await onDuckdb();
  const account = await onAccount();
  const rows = (from: number, to: number, name: string) =>
    Array.from({ length: to - from }, (_, i) => `K${from + i},${name}${from + i},`).join('\n');
  const csv = (text: string) => ({ 'people.csv': `id,name,since\n${text}\n` });
  const steps = [
    [csv(rows(0, count, 'a')), people(), {}],
    [csv(rows(count - 10, 2 * count, 'b')), people(), { mode: 'append' }],
    [csv(`X1,a1,\nX2,a99999,\nX3,,\nX4,,\n${rows(0, 3, 'a')}`), people(', key: [customer_name]'), { mode: 'append' }],
    [
      csv(rows(5, count + 5, 'c')),
      people(', key: [customer_name, status]').replace('name as', "'s' as status, name as"),
      { mode: 'upsert' },
    ],
  ] as const;
  for (const [files, tables, overrides] of steps) {
    const expected = await duckdb.importFiles(files, tables, overrides);
    const found = await account.importFiles(files, tables, overrides);
    expect(plain(found, account.root)).toEqual(plain(expected, duckdb.root));
    expect(expected.outcome).toBe('imported');
  }
  expect(account.texts.some((text) => read.test(text))).toBe(true);
  expect((await account.stored())['customers']).toEqual((await duckdb.stored())['customers']);
});

/** Values of every type that an attribute can have, which are hard to carry. */
const HARD = String.raw`select * from (values
  ('C1', 'Ann', 9223372036854775807, 12345678901234.5678, 0.1, true, date '0001-01-01', timestamp '2024-02-29 23:59:59.123456', e'a\\b"c\',d\n\te', '{"a": [1, "x"]}'),
  ('C2', '', -9223372036854775808, -0.0001, 1.7976931348623157e308, false, date '9999-12-31', timestamp '0001-01-01', '\N', null),
  ('C3', null, null, null, null, null, null, null, null, null),
  ('C4', 'ü 😀 "', 0, 0, 5e-324, true, null, timestamp '9999-12-31 23:59:59.999999', 'NULL', '[]'),
  ('C5', ' x ', 1, 1, 0.30000000000000004, true, null, null, '', '"text"')
) t(customer_id, customer_name, big, exact, share, is_new, day, seen, note, data)`;
const ATTRIBUTES = {
  big: 'integer',
  exact: 'decimal',
  share: 'double',
  is_new: 'boolean',
  day: 'date',
  seen: 'timestamp',
  note: 'text',
  data: 'json',
};
const HEAD = `tables:\n  customers:\n    attributes: ${JSON.stringify(Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, type]) => [name, { type }])))}`;

test.each([
  ['as values', undefined],
  ['by files', BY_FILES],
])('values of every type come as they are, %s, into a table that gets the columns', async (_name, limits) => {
  const duckdb = await onDuckdb();
  const account = await onAccount(limits === undefined ? {} : { limits });
  const tables = `    customers: { sql: "select * from kinds" }`;
  for (const side of [duckdb, account]) {
    await side.importFiles({ 'kinds.csv': 'customer_id\nC9\n' }, tables);
    await writeParquet(HARD, join(side.root, 'kinds.parquet'));
  }
  const head = { head: `${HEAD}`, sources: ['kinds.parquet'] };
  for (const mode of ['replace', 'upsert', 'append'] as const) {
    const expected = await duckdb.importFiles({}, tables, { mode, onReject: 'reject' }, {}, head);
    const found = await account.importFiles({}, tables, { mode, onReject: 'reject' }, {}, head);
    expect(plain(found, account.root)).toEqual(plain(expected, duckdb.root));
    expect(expected.outcome).toBe('imported');
  }
  // As the engines keep them: this is about what was loaded, not about how it is read.
  const columns = ['customer_id', 'customer_name', ...Object.keys(ATTRIBUTES)];
  const texts = columns.map((column) => `cast(${column} as varchar)`).join(', ');
  const kept = (await account.standIn.admin(`select ${texts} from "DEMO"."PUBLIC"."CUSTOMERS" order by 1`)) as object[];
  const expected = await duckdb.rows(`select ${texts} from customers order by 1`);
  expect(kept.map((row) => Object.values(row) as unknown[])).toEqual(expected);
});

test.each([
  ['few long rows go as values of several statements', 500, /^insert into .*flatten/s],
  ['few rows that are very long go by files', 1500, /^copy into/],
])('%s', async (_name, count, sent) => {
  const account = await onAccount();
  const tables = `    customers: { sql: "select 'K' || range as customer_id, repeat('x', 3000) || id as note from people, range(${count})" }`;
  const head = { head: 'tables:\n  customers:\n    attributes: { note: { type: text } }' };
  const report = await account.importFiles({ 'people.csv': 'id\nC1\n' }, tables, {}, {}, head);
  expect(report).toMatchObject({ outcome: 'imported', tables: [{ rowsOut: count }] });
  expect(account.texts.filter((text) => sent.test(text)).length).toBeGreaterThanOrEqual(
    sent.source.startsWith('^copy') ? 1 : 2,
  );
  expect(await account.rows('select count(*) as n from customers where length(note) = 3002')).toEqual([[count]]);
});
