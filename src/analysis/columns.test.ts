import { Type } from 'typebox';
import { expect, test } from 'vitest';
import type { Catalog, CatalogColumn } from '../data/catalog/model.ts';
import { sql } from '../data/sql/sql.ts';
import { fieldsOf } from './columns.ts';
import { defineAnalysis } from './define.ts';
import { field, nullable } from './fields.ts';

const column = (name: string, isAttribute: boolean): CatalogColumn => ({
  name,
  type: 'double',
  engineType: 'DOUBLE',
  description: `what ${name} is`,
  unit: 'kg',
  isPersonal: false,
  isAttribute,
  source: { kind: 'column', column: name },
});
const catalogWith = (...columns: CatalogColumn[]): Catalog => ({
  tables: new Map([
    [
      'customers',
      {
        name: 'customers',
        kind: 'managed',
        isCore: true,
        description: '',
        source: { kind: 'table', path: ['customers'] },
        columns,
        tenantColumn: undefined,
      },
    ],
  ]),
  valueMeaning: { default: 'once', byType: {} },
  hash: '',
  file: undefined,
});
const analysis = (more: { attributesOf?: 'customers' | 'products' } = {}) =>
  defineAnalysis({
    name: 'a.b',
    title: 'T',
    description: 'D',
    params: Type.Object({}),
    row: Type.Object({
      customerId: field.id('Who.'),
      valueOnce: nullable(field.amount('How much.')),
      attributes: field.attributes(),
    }),
    sql: () => sql`select 1`,
    examples: [{ title: 'E', params: {} }],
    ...more,
  });

test('a field knows its column, type, unit and whether it may be null', () => {
  expect(fieldsOf(analysis(), catalogWith()).slice(0, 2)).toEqual([
    {
      field: 'customerId',
      column: 'customer_id',
      type: 'text',
      description: 'Who.',
      unit: undefined,
      isNullable: false,
    },
    {
      field: 'valueOnce',
      column: 'value_once',
      type: 'decimal',
      description: 'How much.',
      unit: 'currency',
      isNullable: true,
    },
  ]);
});

test('attributes are one field each, as the catalog has them', () => {
  const catalog = catalogWith(column('customer_id', false), column('attribute_weight', true));
  expect(fieldsOf(analysis({ attributesOf: 'customers' }), catalog).slice(2)).toEqual([
    {
      field: 'attributes.weight',
      column: 'attribute_weight',
      type: 'double',
      description: 'what attribute_weight is',
      unit: 'kg',
      isNullable: true,
    },
  ]);
});

test('without attributes in the catalog, or without the table, there are none', () => {
  expect(fieldsOf(analysis({ attributesOf: 'customers' }), catalogWith())).toHaveLength(2);
  expect(fieldsOf(analysis({ attributesOf: 'products' }), catalogWith())).toHaveLength(2);
  expect(fieldsOf(analysis(), catalogWith()).at(-1)).toMatchObject({ field: 'attributes', type: 'json' });
});
