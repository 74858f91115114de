import { array, assert, constant, double, integer, oneof, property, string } from '../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../test/read-csv.ts';
import type { Field } from '../analysis/columns.ts';
import { csvHeader, csvRows, csvText } from './csv-rows.ts';

const field = (name: string): Field => ({
  field: name,
  column: name,
  type: 'text',
  description: '',
  unit: undefined,
  isNullable: true,
});

describe('csvText', () => {
  test.each([
    [null, ''],
    ['', '""'],
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    [' padded ', '" padded "'],
    [12.5, '12.5'],
    [-0, '0'],
    [1e21, '1e+21'],
    [true, 'true'],
    ['12345678901234567890', '12345678901234567890'],
    [{ a: [1, 'x'] }, '"{""a"":[1,""x""]}"'],
    [[], '[]'],
  ])('%j is %s', (value, text) => {
    expect(csvText(value)).toBe(text);
  });
});

describe('rows', () => {
  test('each ends in CRLF, and so does the header', () => {
    expect(csvHeader([field('id'), field('attributes.a,b')])).toBe('id,"attributes.a,b"\r\n');
    expect(
      csvRows([field('id'), field('n')])({
        rowCount: 2,
        columns: [
          ['a', 'b'],
          [1, null],
        ],
      }),
    ).toBe('a,1\r\nb,\r\n');
    expect(csvRows([field('id')])({ rowCount: 0, columns: [[]] })).toBe('');
  });

  test('equal values in a row, and types that need no look, are written as all others', () => {
    const fields = [
      field('text'),
      { ...field('day'), type: 'date' as const },
      { ...field('sum'), type: 'decimal' as const },
    ];
    const columns = [
      ['a,b', 'a,b', null, 'a,b'],
      ['2026-01-31', null, null, '2026-01-31'],
      [1.5, 1.5, '12345678901234567.89', null],
    ];
    expect(csvRows(fields)({ rowCount: 4, columns })).toBe(
      '"a,b",2026-01-31,1.5\r\n"a,b",,1.5\r\n,,12345678901234567.89\r\n"a,b",2026-01-31,\r\n',
    );
  });

  test('a reader of RFC 4180 gets every text and null back', () => {
    const value = oneof(
      string({ unit: 'binary' }),
      string({ unit: 'grapheme' }),
      string({ unit: constant('"') }),
      oneof(constant(''), constant('\r'), constant('\n'), constant('\r\n'), constant(','), constant('\t')),
      integer(),
      double({ noNaN: true, noDefaultInfinity: true }),
      constant(null),
      constant(false),
    );
    assert(
      property(array(array(value, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 }), (rows) => {
        const columns = [0, 1, 2].map((c) => rows.map((row) => row[c]!));
        const read = readCsv(csvRows(['a', 'b', 'c'].map(field))({ rowCount: rows.length, columns }));
        expect(read).toEqual(rows.map((row) => row.map((one) => (one === null ? null : String(one)))));
      }),
    );
  });
});
