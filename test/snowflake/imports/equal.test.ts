import { expect, test } from 'vitest';
import type { ImportOverrides } from '../../../src/data/catalog/import-plan.ts';
import type { ImportOptions } from '../../../src/features/imports/service.ts';
import { BY_FILES, onAccount, onDuckdb, type Files } from './world.ts';

const PEOPLE = `    customers:
      sql: select id as customer_id, name as customer_name, since as registration_date, note from people
      on_reject: reject
      attributes: { note: { type: text }, score: { type: integer } }`;
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

const EMPTY = SERIES.length > 0 ? FIRST : {};

test.each(
  SERIES.flatMap(([name, steps]) => [
    ['as values', undefined, name, steps] as const,
    ['by files', BY_FILES, name, steps] as const,
  ]),
)('%s: same reports, rejected rows and tables (%#: %3$s)', async (_how, limits, _name, steps) => {
  const duckdb = await onDuckdb();
  const account = await onAccount(limits === undefined ? {} : { limits });
  for (const side of [duckdb, account]) await side.importFiles(EMPTY, ALL, { onReject: 'abort' });
  for (const { files, tables, overrides, more } of steps) {
    const expected = await duckdb.importFiles(files, tables, overrides, more);
    const found = await account.importFiles(files, tables, overrides, more);
    const plain = (report: object) =>
      JSON.parse(JSON.stringify(report).replaceAll(account.root, duckdb.root)) as object;
    expect(plain(found)).toEqual(plain(expected));
    expect(await account.rejected()).toBe(await duckdb.rejected());
    if (expected.outcome === 'imported') expect(await account.stored()).toEqual(await duckdb.stored());
  }
  expect(await account.left()).toEqual([]);
});
void PEOPLE;
