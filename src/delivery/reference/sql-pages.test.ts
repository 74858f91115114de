import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { defineAnalysis } from '../../analysis/define.ts';
import { field, param } from '../../analysis/fields.ts';
import { registryOf } from '../../analysis/registry.ts';
import { coreCatalog } from '../../data/catalog/core-catalog.ts';
import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';
import { date, sql } from '../../data/sql/sql.ts';
import { sqlPages } from './sql-pages.ts';

const list = defineAnalysis({
  name: 'things.list',
  title: 'Things that are owned',
  description: 'D.',
  params: Type.Object({ asOf: param.asOf(), ownership: param.ownership() }),
  row: Type.Object({ customerId: field.id('Who.'), region: field.text('Where.') }),
  sql: ({ ownership }, { t, asOf }) =>
    sql`select c.customer_id, c.region from ${t.customers} c where ${ownership} = 'active' and ${date(asOf)} is not null`,
  warn: { sql: (_, { t }) => sql`select p.product_id from ${t.products} p`, say: () => [] },
  listing: { key: ['customerId'], sort: ['-region'], search: ['customerId'] },
  examples: [
    { title: 'Plain', params: {} },
    { title: 'All of it', params: { asOf: '2020-02-02', region: 'north', total: true, facets: 'region', limit: 3 } },
  ],
});
const { listing: _, warn: __, ...rest } = list;
const whole = defineAnalysis({
  ...rest,
  name: 'things.all',
  examples: [{ title: 'Whole', params: { ownership: 'ever' } }],
});
const { sql: ___, ...stepless } = rest;
const steps = defineAnalysis({ ...stepless, name: 'things.steps', run: () => Promise.resolve([]) });
const pages = sqlPages(registryOf([list, whole, steps]), coreCatalog(duckdbDialect), duckdbDialect);

test('a file for each analysis that is SQL', () => {
  expect(pages.map(({ path }) => path)).toEqual([
    'docs/reference/sql/duckdb/things.all.sql',
    'docs/reference/sql/duckdb/things.list.sql',
  ]);
});

test('an analysis is one statement, with the defaults of its params and a fixed day', () => {
  expect(pages[0]!.text)
    .toBe(`-- Generated from src/features/ by npm run docs; do not edit. things.all: Things that are owned.

-- Whole {"ownership":"ever"}
-- binds: ["ever","2025-06-30"]
select c.customer_id, c.region from (select "customer_id", "region" from "customers") c where ? = 'active' and cast(? as date) is not null;
`);
});

test('a list has its page, and what an example asks about the whole of it', () => {
  const sections = pages[1]!.text.split('\n\n').slice(1);
  expect(sections.map((section) => section.split('\n')[0])).toEqual([
    '-- Plain {}, the warning',
    '-- Plain {}',
    expect.stringMatching(/^-- All of it .*, the warning$/),
    expect.stringMatching(/^-- All of it \{.*\}$/),
    expect.stringMatching(/, the total$/),
    expect.stringMatching(/, the values of region$/),
  ]);
  expect(sections[0]).not.toContain('binds');
  expect(sections[3]).toContain('-- binds: ["active","2020-02-02","north",4]');
});
