import { describe, expect, test } from 'vitest';
import { duckdbDialect } from '../data/sql/duckdb-dialect.ts';
import { sql, type Sql } from '../data/sql/sql.ts';
import type { WireType } from '../data/warehouse/port.ts';
import type { Field } from './columns.ts';
import { facetOf, pageOf, selectedFields, totalOf, type ListingRequest } from './listing.ts';

const fieldOf = (column: string, type: WireType = 'text', isNullable = true): Field => ({
  field: column,
  column,
  type,
  description: '',
  unit: undefined,
  isNullable,
});
const [key, name, day] = [fieldOf('k', 'text', false), fieldOf('n'), fieldOf('d', 'date')];
const inner = sql`select k, n, d from t`;
const request = (changes: Partial<ListingRequest> = {}): ListingRequest => ({
  filters: [],
  search: undefined,
  sort: [{ field: key, isDescending: false }],
  fields: [key, name],
  limit: 2,
  isPage: true,
  after: undefined,
  ...changes,
});
const print = ({ parts }: Sql) => ({
  text: parts.map((part) => (part.kind === 'text' ? part.text : part.kind === 'id' ? part.name : '?')).join(''),
  params: parts.flatMap((part) => (part.kind === 'param' ? [part.value] : [])),
});
const page = (changes: Partial<ListingRequest>) => print(pageOf(inner, request(changes), duckdbDialect));
const afterOf = (changes: Partial<ListingRequest>) => page(changes).text.split('\nwhere ')[1]!.split('\norder by')[0];

describe('a page', () => {
  test('is in total order with nulls last and looks one row ahead', () => {
    expect(page({})).toEqual({
      text: 'select q.k, q.n\nfrom (select k, n, d from t) q\norder by q.k asc nulls last\nlimit ?',
      params: [3],
    });
  });

  test('sort fields that are not asked for are selected behind the others', () => {
    const sort = [
      { field: day, isDescending: true },
      { field: key, isDescending: false },
    ];
    expect(page({ sort, fields: [name] }).text).toMatch(/^select q\.n, q\.d, q\.k\n/);
    expect(page({ sort }).text).toContain('order by q.d desc nulls last, q.k asc nulls last');
    expect(selectedFields(request({ sort })).map(({ column }) => column)).toEqual(['k', 'n', 'd']);
  });

  test('filters and search are conditions of the one where', () => {
    const filters = [{ field: name, operator: 'eq' as const, values: ['x'] }];
    const { text, params } = page({ filters, search: { text: 'Y', fields: [key, name] } });
    expect(text).toContain(
      '\nwhere q.n = ? and (contains(lower(q.k), lower(?)) or contains(lower(q.n), lower(?)))\norder by',
    );
    expect(params).toEqual(['x', 'Y', 'Y', 3]);
  });
});

describe('a stream', () => {
  test('has no order, no limit and looks not ahead, unless it is asked', () => {
    expect(page({ isPage: false, sort: [], limit: undefined }).text).toBe(
      'select q.k, q.n\nfrom (select k, n, d from t) q',
    );
    expect(page({ isPage: false, limit: 7 }).params).toEqual([7]);
  });
});

describe('the rows after a row', () => {
  const [up, down] = [
    { field: name, isDescending: false },
    { field: day, isDescending: true },
  ];
  const last = { field: key, isDescending: false };

  test('by the key alone', () => {
    expect(afterOf({ after: ['a'] })).toBe('((q.k > ?))');
  });

  test('by several: later in the first, or equal in it and later in the next; nulls come last in either direction', () => {
    expect(afterOf({ sort: [down, last], after: ['2024-01-31', 'a'] })).toBe(
      '((q.d < cast(? as date) or q.d is null) or q.d = cast(? as date)) and ' +
        '(((q.d < cast(? as date) or q.d is null)) or (q.d = cast(? as date) and q.k > ?))',
    );
  });

  test('a double is compared as it is shown: what is no number is null', () => {
    const sort = [{ field: fieldOf('x', 'double'), isDescending: false }, last];
    const finite = 'case when isfinite(q.x) then q.x end';
    expect(page({ sort, after: [1.5, 'a'] }).text).toContain(`order by ${finite} asc nulls last, q.k asc nulls last`);
    expect(afterOf({ sort, after: [1.5, 'a'] })).toContain(`(${finite} = cast(? as double) and q.k > ?)`);
  });

  test('a decimal keeps all its digits', () => {
    const sort = [{ field: fieldOf('x', 'decimal'), isDescending: false }];
    expect(afterOf({ sort, after: [1.5] })).toContain('q.x > cast(? as decimal(38, 10))');
    expect(afterOf({ sort, after: ['1.123456789012'] })).toContain('q.x > cast(? as decimal(38, 12))');
    expect(afterOf({ sort, after: [1.5e-15] })).toContain('q.x > cast(? as decimal(38, 16))');
    expect(afterOf({ sort, after: [1e21] })).toContain('q.x > cast(? as decimal(38, 10))');
  });

  test('after a null only nulls are left', () => {
    expect(afterOf({ sort: [up, last], after: [null, 'a'] })).toBe('((q.n is null and q.k > ?))');
  });

  test('after a row of nulls alone nothing is left', () => {
    expect(afterOf({ sort: [up], after: [null] })).toBe('1 = 0');
  });
});

describe('questions about the whole list', () => {
  const filters = [{ field: name, operator: 'isNull' as const, values: ['true'] }];

  test('total and facets keep the filters and forget the page', () => {
    const asked = request({ filters, after: ['a'] });
    expect(print(totalOf(inner, asked, duckdbDialect)).text).toBe(
      'select count(*) as total\nfrom (select k, n, d from t) q\nwhere q.n is null',
    );
    const facet = print(facetOf(inner, asked, name, 5, duckdbDialect));
    expect(facet.text).toContain('where q.n is null\n  group by q.n\n');
    expect(facet.text).toMatch(/order by .* desc nulls last, f\.value asc nulls last\nlimit \?$/);
    expect(facet.params).toEqual([5]);
  });
});
