import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { Field } from '../analysis/columns.ts';
import { defineAnalysis } from '../analysis/define.ts';
import { field } from '../analysis/fields.ts';
import { sql } from '../data/sql/sql.ts';
import type { WireType } from '../data/warehouse/port.ts';
import { listingParameters } from './listing-parameters.ts';

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
describe('the parameters of a list', () => {
  const parameters = listingParameters(list, fields, 1000);

  test('are the same for all, and one for each field and operator', () => {
    const names = Object.keys(parameters);
    expect(names.slice(0, 7)).toEqual(['limit', 'cursor', 'sort', 'fields', 'q', 'total', 'facets']);
    expect(names).toEqual(expect.arrayContaining(['name', 'name[like]', 'launched[gte]', 'attributes.size[in]']));
    expect(names).not.toContain('launched[like]');
  });

  test('a JSON value cannot be filtered by', () => {
    expect(Object.keys(parameters).filter((name) => name.startsWith('attributes.extra'))).toEqual([]);
  });

  test('a cursor may be as long as those that we give, and a list as long as its thousand values', () => {
    expect(parameters).toMatchObject({ cursor: { maxLength: 100_000 } });
    expect(parameters).toMatchObject({ 'name[in]': { maxItems: 1000, items: { maxLength: 50_000 } } });
  });

  test('each is optional, described and bounded', () => {
    for (const [name, schema] of Object.entries(parameters)) {
      expect([name, Type.IsOptional(schema)]).toEqual([name, true]);
      expect((schema as { description?: string }).description).toMatch(/\w/);
      if ('type' in schema && schema.type === 'string') expect(schema).toHaveProperty('maxLength');
      if ('type' in schema && schema.type === 'array') expect(schema).toHaveProperty('maxItems', 1000);
    }
  });
});
