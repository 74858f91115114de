import { assert, property, string } from '../../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { columns, date, id, join, nothing, sql, trusted, word, type SqlValue } from './sql.ts';

const customers = { kind: 'table', table: 'customers' } as const;

describe('the sql tag', () => {
  test('keeps text, binds values, and takes fragments, names and tables as they are', () => {
    const condition = sql`c.region = ${'north'}`;
    expect(sql`select ${id('a"b')} from ${customers} c where ${condition} and ${true}`.parts).toEqual([
      { kind: 'text', text: 'select ' },
      { kind: 'id', name: 'a"b' },
      { kind: 'text', text: ' from ' },
      customers,
      { kind: 'text', text: ' c where ' },
      { kind: 'text', text: 'c.region = ' },
      { kind: 'param', value: 'north' },
      { kind: 'text', text: ' and ' },
      { kind: 'param', value: true },
    ]);
  });

  test('is frozen, also the list of its parts', () => {
    const fragment = sql`select 1`;
    expect(Object.isFrozen(fragment) && Object.isFrozen(fragment.parts)).toBe(true);
  });

  test('a text never becomes part of the statement, whatever it holds', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(sql`${text}`.parts).toEqual([{ kind: 'param', value: text }]);
      }),
    );
  });

  test.each([NaN, Infinity, -Infinity])('%d cannot be bound', (value) => {
    expect(() => sql`${value}`).toThrow(RangeError);
  });

  test('nothing but the values of the tag can be part of a statement', () => {
    for (const value of [undefined, {}, [], Symbol('x'), () => 1, 1n, new Date(0)])
      expect(() => sql`${value as unknown as SqlValue}`).toThrow(TypeError);
  });
});

test('null, zero and the empty text are values', () => {
  expect(sql`${null}${0}${''}`.parts).toEqual([null, 0, ''].map((value) => ({ kind: 'param', value })));
});

test('word lets through what the list holds and nothing else', () => {
  expect(word('desc', ['asc', 'desc'])).toEqual(trusted('desc'));
  expect(() => word('desc; drop table x' as 'asc', ['asc', 'desc'])).toThrow('is not one of asc, desc');
});

test('join puts the separator between fragments, and gives nothing for none', () => {
  expect(join([sql`a`, sql`b`, sql`c`], ' and ').parts.map((part) => part.kind === 'text' && part.text)).toEqual([
    'a',
    ' and ',
    'b',
    ' and ',
    'c',
  ]);
  expect(join([], ', ')).toEqual(nothing);
  expect(join([sql`a`], ' or ')).toEqual(sql`a`);
});

test('date is a bound text that the engine casts', () => {
  expect(date('2024-01-31').parts).toEqual([
    { kind: 'text', text: 'cast(' },
    { kind: 'param', value: '2024-01-31' },
    { kind: 'text', text: ' as date)' },
  ]);
});

test('columns names the table and the alias', () => {
  expect(columns(customers, 'c')).toEqual({ kind: 'columns', table: 'customers', alias: 'c' });
});
