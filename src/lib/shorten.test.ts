import { expect, test } from 'vitest';
import { shorten } from './shorten.ts';

test.each([
  ['short', 'short'],
  ['a'.repeat(5), 'aaaaa'],
  ['a'.repeat(6), 'aaaaa…'],
  ['aaaa😀b', 'aaaa…'],
  ['aaa😀b', 'aaa😀…'],
  ['a\uD83Db', 'a\uFFFDb'],
  ['', ''],
])('%j becomes %j', (text, short) => {
  expect(shorten(text, 5)).toBe(short);
});

test('200 characters are the default', () => {
  expect(shorten('x'.repeat(300))).toBe(`${'x'.repeat(200)}…`);
});
