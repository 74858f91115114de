import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { Field } from './columns.ts';
import { defineAnalysis } from './define.ts';
import { field } from './fields.ts';
import { sql } from '../data/sql/sql.ts';
import type { WireType } from '../data/warehouse/port.ts';
import type { AppError } from '../lib/app-error.ts';
import { listingReader, readListing } from './read-listing.ts';

const list = defineAnalysis({
  name: 'things.list',
  title: 'T',
  description: 'D',
  params: Type.Object({}),
  row: Type.Object({ thingId: field.id('Which.'), name: field.text('What.'), launched: field.day('When.') }),
  sql: () => sql`select 1`,
  listing: { key: ['thingId'], sort: ['-launched'], search: ['thingId', 'name'] },
  examples: [{ title: 'E', params: {} }],
});
const fieldOf = (name: string, type: WireType): Field => ({
  field: name,
  column: name,
  type,
  description: '',
  unit: undefined,
  isNullable: true,
});
const fields = [
  fieldOf('thingId', 'text'),
  fieldOf('name', 'text'),
  fieldOf('launched', 'date'),
  fieldOf('attributes.size', 'integer'),
  fieldOf('attributes.extra', 'json'),
];
const read = (raw: Record<string, unknown>, isPage = true) => readListing(list, fields, raw, isPage, 1000);
const problemsOf = (raw: Record<string, unknown>) => {
  try {
    read(raw);
  } catch (error) {
    expect((error as AppError).code).toBe('request.invalid');
    return (error as AppError).errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
  }
  return [];
};
const sortOf = (raw: Record<string, unknown>, isPage = true) =>
  read(raw, isPage).sort.map(({ field: { field: name }, isDescending }) => (isDescending ? `-${name}` : name));

describe('a request for a list', () => {
  test('nothing asked: a page of 100 in the default order, which ends in the key', () => {
    expect(read({})).toMatchObject({ filters: [], limit: 100, isPage: true, fields, facets: [], wantsTotal: false });
    expect(read({}).search).toBeUndefined();
    expect(sortOf({})).toEqual(['-launched', 'thingId']);
    expect(readListing(list, fields, {}, true, 10).limit).toBe(10);
  });

  test('nothing asked of a stream: all rows, in stored order; a part of them is in the default order, so that it is the same part in every format', () => {
    expect(read({}, false)).toMatchObject({ limit: undefined, isPage: false });
    expect(sortOf({}, false)).toEqual([]);
    expect(sortOf({ cursor: 'x' }, false)).toEqual(['-launched', 'thingId']);
    expect(sortOf({ limit: 5 }, false)).toEqual(['-launched', 'thingId']);
    expect(read({ limit: 5000 }, false).limit).toBe(5000);
  });

  test('the key is not repeated when it is sorted by', () => {
    expect(sortOf({ sort: '-thingId,name' })).toEqual(['-thingId', 'name']);
    expect(sortOf({ sort: ' name , +launched, ' })).toEqual(['name', 'launched', 'thingId']);
  });

  test('a field that is named twice counts once', () => {
    expect(sortOf({ sort: 'name,-name,name' })).toEqual(['name', 'thingId']);
    const names = (raw: Record<string, string>) => read(raw).fields.map(({ field: name }) => name);
    expect(names({ fields: 'attributes.size,attributes,name,name' })).toEqual([
      'attributes.size',
      'attributes.extra',
      'name',
    ]);
    expect(read({ facets: 'name,name' }).facets).toHaveLength(1);
  });

  test('q searches the declared fields', () => {
    expect(read({ q: 'x,y' }).search).toEqual({ text: 'x,y', fields: fields.slice(0, 2) });
  });

  test('a list of values is split at commas; a repeated parameter is taken value by value', () => {
    const values = (raw: unknown) => read({ 'name[in]': raw }).filters[0]!.values;
    expect(values('a,b,')).toEqual(['a', 'b', '']);
    expect(values(['a,b'])).toEqual(['a', 'b']);
    expect(values(['a,b', 'c'])).toEqual(['a,b', 'c']);
    expect(read({ name: 'a,b' }).filters[0]!.values).toEqual(['a,b']);
  });

  test('every problem is named at once', () => {
    expect(
      problemsOf({
        sort: 'nam',
        fields: 'x,launched',
        facets: 'names',
        limit: 1001,
        launched: 'soon',
        'attributes.size[in]': '1,b',
      }),
    ).toEqual([
      '?launched "soon" is not a date such as 2026-01-31',
      '?attributes.size[in] "b" is not a whole number',
      '?limit must be at most 1000 for a JSON page; csv and ndjson take any',
      '?fields has no field "x"; allowed: thingId, name, launched, attributes.size, attributes.extra',
      '?facets has no field "names" (did you mean "name"?); allowed: thingId, name, launched, attributes.size, attributes.extra',
      '?sort has no field "nam" (did you mean "name"?); allowed: thingId, name, launched, attributes.size, attributes.extra',
    ]);
  });

  test('what cannot be compared cannot be sorted by or counted', () => {
    expect(problemsOf({ sort: 'attributes.extra' })).toEqual(['?sort attributes.extra is JSON, which has no order']);
    expect(problemsOf({ facets: 'attributes.extra' })).toEqual([
      '?facets attributes.extra is JSON, which has no order',
    ]);
  });

  test('sort takes one field an entry, not all attributes at once', () => {
    expect(problemsOf({ sort: 'attributes' })).toHaveLength(1);
  });
});

describe('listingReader', () => {
  const withParams = { ...list, params: Type.Object({ asOf: field.day('When.'), name: field.text('What.') }) };
  const reader = listingReader(withParams, fields, 1000);
  test.each([
    [{}, true],
    [{ asOf: '2024-01-31', format: 'json', explain: true }, true],
    [{ name: 'a' }, true],
    [{ asOf: '2024-01-31', limit: 5 }, true],
    [{}, false],
  ])('reads %j as readListing does', (raw, isPage) => {
    expect(reader(raw, isPage)).toEqual(readListing(withParams, fields, raw, isPage, 1000));
  });

  test('makes the request of a plain page once', () => {
    expect(reader({ asOf: '2024-01-31' }, true)).toBe(reader({}, true));
    expect(reader({ name: 'a' }, true).filters).toHaveLength(1);
  });
});
