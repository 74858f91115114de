import { assert, constantFrom, oneof, property, string, stringMatching } from '../../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { ourName, printedName } from './snowflake-names.ts';

const name = oneof(
  string({ unit: 'grapheme' }),
  stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
  stringMatching(/^={0,3}[A-Za-z_][A-Za-z0-9_]{0,8}$/),
  constantFrom('_', '_1', '=_1', '==_1', '=', '==', '', 'É', 'é', 'İ', 'A B', 'a$'),
);

describe('names of ours on Snowflake', () => {
  test.each([
    ['customer_id', 'CUSTOMER_ID'],
    ['_x1', '_X1'],
    ['_1', '_1'],
    ['REGION', '=REGION'],
    ['=REGION', '==REGION'],
    ['Region', 'Region'],
    ['sales region', 'sales region'],
    ['straße', 'straße'],
    ['a"b', 'a"b'],
    ['=region', '=region'],
    ['1a', '1a'],
    ['=_1', '==_1'],
  ])('%s is printed %s', (ours, printed) => {
    expect(printedName(ours)).toBe(printed);
    expect(ourName(printed)).toBe(ours);
  });

  test('what is printed is read back, so that no two names are printed alike', () => {
    assert(
      property(name, (text) => {
        expect(ourName(printedName(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
