import { array, assert, constant, date, double, integer, oneof, property, string } from '../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { cursorsOf } from './cursor.ts';

const cursors = cursorsOf('a secret');
const position = { after: ['a', 1, null, true], asOf: '2024-01-31' };
const sealed = cursors.seal('list', position);

describe('a cursor', () => {
  test('opens to what was sealed, whatever the values are', () => {
    const value = oneof(
      string({ unit: 'grapheme' }),
      integer(),
      double({ noNaN: true, noDefaultInfinity: true }),
      constant(null),
    );
    assert(
      property(array(value), string(), date({ noInvalidDate: true }), (after, list, day) => {
        const asOf = day.toISOString();
        const opened = cursors.open(list, cursors.seal(list, { after, asOf }));
        expect(opened).toEqual({ after: after.map((one) => (Object.is(one, -0) ? 0 : one)), asOf });
      }),
    );
  });

  test('fits into an address as it is', () => {
    expect(sealed).toMatch(/^[\w-]+\.[\w-]+$/);
  });

  test('of another list is refused as such', () => {
    expect(() => cursors.open('other', sealed)).toThrow(
      expect.objectContaining({ code: 'cursor.mismatch', status: 400 }),
    );
  });

  test('of a service with another secret is none of ours', () => {
    expect(() => cursorsOf('another').open('list', sealed)).toThrow(
      expect.objectContaining({ code: 'cursor.invalid' }),
    );
  });

  test('that was changed anywhere is none of ours', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The last letter of a base64url part carries spare bits: another letter there can be the same bytes.
    const significant = [...Array(sealed.length).keys()].filter((at) => sealed[at] !== '.' && at !== sealed.length - 1);
    for (const at of significant) {
      const other = letters[(letters.indexOf(sealed[at]!) + 32) % 64];
      const forged = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(() => cursors.open('list', forged)).toThrow(expect.objectContaining({ code: 'cursor.invalid' }));
    }
  });

  test.each(['', '.', '..', 'x', 'x.', '.x', `${sealed}.x`, sealed.split('.')[0]!, `${sealed} `.repeat(2), '💥.💥'])(
    '%j is none of ours',
    (text) => {
      expect(() => cursors.open('list', text)).toThrow(expect.objectContaining({ code: 'cursor.invalid' }));
    },
  );

  test('a payload that anybody can make does not open without the signature', () => {
    const payload = Buffer.from(JSON.stringify(['x', '2024-01-01', []])).toString('base64url');
    expect(() => cursors.open('list', `${payload}.${'A'.repeat(22)}`)).toThrow('cursor.invalid');
  });
});
