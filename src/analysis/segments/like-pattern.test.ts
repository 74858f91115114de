import { expect, test } from 'vitest';
import { openTestWarehouse } from '../../data/warehouse/duckdb/test-warehouse.ts';
import { likePattern } from './like-pattern.ts';

test.each([
  ['a%', 'Abc', true],
  ['%', '', true],
  ['', '', true],
  ['', 'a', false],
  ['_', '😀', true],
  ['_', '', false],
  ['%a%b', 'xaxxbxb', true],
  ['%a%b', 'xaxxbx', false],
  ['50\\%', '50%', true],
  ['50\\%', '500', false],
  ['\\a\\\\', 'A\\', true],
  ['a_%', 'a', false],
  ['a%%%', 'a', true],
  ['a\nb%', 'A\nBc', true],
])('%j on %j: %s', (pattern, text, expected) => {
  expect(likePattern(pattern)(text)).toBe(expected);
});

test('takes no longer than text times pattern', () => {
  const started = performance.now();
  expect(likePattern(`${'%a'.repeat(400)}b`)('a'.repeat(2000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});

test('every letter has the small one that the warehouse knows', async () => {
  const warehouse = await openTestWarehouse();
  const rows =
    await warehouse.rows(`select chr(r.n), lower(chr(r.n)) from (select cast(range as integer) as n from range(1, 1114112)) r
    where r.n not between 55296 and 57343 and lower(chr(r.n)) <> chr(r.n)`);
  await warehouse.close();
  expect(rows.length).toBeGreaterThan(1400);
  const literally = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&');
  const others = rows.filter(([letter, small]) => !likePattern(literally(letter as string))(small as string));
  expect(others).toEqual([]);
});
