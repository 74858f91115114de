import { expect, test } from 'vitest';
import { sortStretch } from './sort-stretch.ts';

test.each([0, 1, 2, 40, 41, 300])('%d numbers are sorted, those beside them stay', (length) => {
  const numbers = Float64Array.from({ length: length + 2 }, (_, i) => (i * 7919) % 211);
  const expected = Float64Array.from(numbers);
  expected.set(numbers.slice(1, length + 1).sort(), 1);
  sortStretch(numbers, 1, length + 1);
  expect(numbers).toEqual(expected);
});
