import { array, assert, constant, double, integer, jsonValue, oneof, property, string } from '../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import type { Field } from '../analysis/columns.ts';
import type { Value } from '../data/warehouse/port.ts';
import { jsonRows, jsonText } from './json-rows.ts';

const field = (name: string): Field => ({
  field: name,
  column: name,
  type: 'text',
  description: '',
  unit: undefined,
  isNullable: true,
});
/** Everything that the warehouse port hands out. */
const value = oneof(
  string({ unit: 'binary' }),
  string({ unit: 'grapheme' }),
  integer(),
  double({ noNaN: true, noDefaultInfinity: true }),
  constant(null),
  constant(true),
  jsonValue({ noUnicodeString: false }) as ReturnType<typeof constant<Value>>,
);
const normal = (wire: unknown): unknown => JSON.parse(JSON.stringify(wire));

describe('jsonText', () => {
  test('is read back as the value, whatever it is', () => {
    assert(
      property(value, (wire) => {
        expect(JSON.parse(jsonText(wire))).toEqual(normal(wire));
      }),
    );
  });

  test.each(['\ud800', 'a\udc00b', '\u0000', '\u001f', '"', '\\', '</script>', '\u2028', '\u007f', '😀'])(
    'the text %j is written as JSON.stringify does',
    (text) => {
      expect(jsonText(text)).toBe(JSON.stringify(text));
    },
  );
});

describe('jsonRows', () => {
  test('rows are objects in the order of the fields', () => {
    const batch = {
      rowCount: 2,
      columns: [
        ['a', 'b'],
        [1, null],
      ],
    };
    expect(jsonRows([field('id'), field('n')], ',')(batch)).toBe('{"id":"a","n":1},{"id":"b","n":null}');
    expect(jsonRows([field('id'), field('n')], '\n')(batch)).toBe('{"id":"a","n":1}\n{"id":"b","n":null}');
  });

  test('attributes become one object at the end, wherever their columns are', () => {
    const fields = [field('attributes.tier'), field('id'), field('attributes.odd "name"')];
    const batch = { rowCount: 1, columns: [['gold'], ['a'], [7]] };
    expect(jsonRows(fields, ',')(batch)).toBe('{"id":"a","attributes":{"tier":"gold","odd \\"name\\"":7}}');
  });

  test('attributes alone make an object of nothing else', () => {
    expect(jsonRows([field('attributes.tier')], ',')({ rowCount: 1, columns: [[null]] })).toBe(
      '{"attributes":{"tier":null}}',
    );
  });

  test('no rows are no text', () => {
    expect(jsonRows([field('id')], ',')({ rowCount: 0, columns: [[]] })).toBe('');
  });

  test('any table is read back as it was', () => {
    const names = array(string({ minLength: 1 }), { minLength: 1, maxLength: 5 }).map((list) => [...new Set(list)]);
    assert(
      property(names, array(array(value, { minLength: 5, maxLength: 5 }), { maxLength: 5 }), (fields, rows) => {
        const columns = fields.map((_, c) => rows.map((row) => row[c]!));
        const write = jsonRows(
          fields.map((name) => field(`f.${name}`)),
          ',',
        );
        const read: unknown = JSON.parse(`[${write({ rowCount: rows.length, columns })}]`);
        expect(read).toEqual(
          rows.map((row) => Object.fromEntries(fields.map((name, c) => [`f.${name}`, normal(row[c])]))),
        );
      }),
    );
  });
});
