import { expect, test } from 'vitest';
import type { Meta } from '../analysis/result.ts';
import { metaJson, pageJson } from './meta.ts';

const meta: Meta = {
  analysis: 'a.b',
  asOf: '2024-01-31',
  params: { ownership: 'active' },
  demo: false,
  fields: [
    { field: 'id', column: 'id', type: 'text', description: '', unit: undefined, isNullable: false },
    { field: 'n', column: 'n', type: 'integer', description: '', unit: 'rows', isNullable: false },
  ],
  truncated: false,
  warnings: ['w'],
  dataVersion: { customers: 3 },
  reads: { tables: ['customers'], columns: ['customers.region'] },
  cache: 'miss',
  timing: { statementMs: 1.5, waitMs: 0.5 },
  built: [],
  explain: undefined,
};

test('meta says what there is and leaves out what there is not', () => {
  expect(JSON.parse(metaJson(meta, { rows: 2, cache: 'miss' }))).toEqual({
    analysis: 'a.b',
    asOf: '2024-01-31',
    params: { ownership: 'active' },
    rows: 2,
    truncated: false,
    warnings: ['w'],
    columns: [
      { name: 'id', type: 'text' },
      { name: 'n', type: 'integer', unit: 'rows' },
    ],
    dataVersion: { customers: 3 },
    reads: { tables: ['customers'], columns: ['customers.region'] },
    cache: 'miss',
    timing: { statementMs: 1.5, waitMs: 0.5 },
  });
});

test('the columns may be given as text that was written before', () => {
  expect(JSON.parse(metaJson(meta, { rows: 2, cache: 'miss' }, '[1]'))).toMatchObject({ columns: [1] });
});

test('a kept answer took no statement', () => {
  expect(JSON.parse(metaJson(meta, { rows: 2, cache: 'hit' }))).toMatchObject({
    cache: 'hit',
    timing: { statementMs: 0, waitMs: 0 },
  });
});

test('demo data, built derivations and statements are named', () => {
  const statement = { sql: 'select 1', binds: [], tables: [], statementMs: 1, waitMs: 0 };
  const more = { ...meta, demo: true, built: ['data.newest-start'], explain: [statement] };
  expect(JSON.parse(metaJson(more, { rows: 0, cache: 'off' }))).toMatchObject({
    demo: true,
    built: ['data.newest-start'],
    explain: { statements: [statement] },
  });
});

test('a page has its cursor, and totals and facets where they were asked', () => {
  const facets = [{ field: 'region', values: [{ value: 'north', rows: 2 }], others: 0 }];
  expect(pageJson({ next: undefined, total: undefined, facets: undefined }, null)).toEqual({ nextCursor: null });
  expect(pageJson({ next: ['a'], total: 0, facets }, 'c')).toEqual({ nextCursor: 'c', total: 0, facets });
});
