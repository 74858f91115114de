import { assert, integer, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { shorten } from './shorten.ts';

test('what fits stays as it is, what does not is cut and marked', () => {
  expect(shorten('abc', 3)).toBe('abc');
  expect(shorten('abcd', 3)).toBe('abc…');
  expect(shorten('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`);
});

test('a character of two code units is not cut in half', () => {
  expect(shorten('ab😀cd', 3)).toBe('ab…');
});

test('the result is never longer than asked and always well-formed', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 30 }), integer({ min: 1, max: 20 }), (text, length) => {
      const short = shorten(text, length);
      return short.isWellFormed() && short.length <= length + 1;
    }),
  );
});

test('lone surrogates become replacement characters', () => {
  expect(shorten('a\ud800')).toBe('a\ufffd');
  expect(shorten('\udc00abcd', 2)).toBe('\ufffda…');
});
