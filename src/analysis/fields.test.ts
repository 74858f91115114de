import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { descriptionOf, field, nullable, param, unitOf, unwrapNull, wireTypeOf } from './fields.ts';

test.each([
  ['id', field.id('d'), 'text'],
  ['text', field.text('d', 20), 'text'],
  ['day', field.day('d'), 'date'],
  ['count', field.count('d'), 'integer'],
  ['amount', field.amount('d'), 'decimal'],
  ['rate', field.rate('d'), 'double'],
  ['number', field.number('d', 'days'), 'double'],
  ['flag', field.flag('d'), 'boolean'],
  ['choice', field.choice('d', ['a', 'b']), 'text'],
  ['attributes', field.attributes(), 'json'],
  ['a timestamp', Type.String({ description: 'd', format: 'date-time' }), 'timestamp'],
  ['a list', Type.Array(Type.String(), { description: 'd' }), 'json'],
])('%s has a type and a description, also when it may be null', (_, schema, type) => {
  for (const one of [schema, nullable(schema)]) {
    expect(wireTypeOf(one)).toBe(type);
    expect(descriptionOf(one)).not.toBe('');
    expect(unitOf(one)).toBe(unitOf(schema));
  }
});

test('numbers have a unit', () => {
  expect([field.count('d'), field.amount('d'), field.rate('d'), field.number('d', 'days')].map(unitOf)).toEqual([
    'rows',
    'currency',
    'share',
    'days',
  ]);
  expect(unitOf(field.id('d'))).toBeUndefined();
});

test('unwrapNull takes the null branch off, and tells whether there was one', () => {
  expect(unwrapNull(nullable(field.id('d')))).toMatchObject({ schema: { type: 'string' }, isNullable: true });
  expect(unwrapNull(field.id('d'))).toMatchObject({ isNullable: false });
  const union = Type.Union([Type.String(), Type.Integer()]);
  expect(unwrapNull(union).isNullable).toBe(false);
});

test('shared params have descriptions, and a default where they are a choice', () => {
  expect(descriptionOf(param.asOf())).toContain('Default:');
  expect(param.ownership()).toMatchObject({ default: 'active', enum: ['active', 'ever'] });
  expect(descriptionOf(Type.String())).toBe('');
});
