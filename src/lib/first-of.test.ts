import { expect, test } from 'vitest';
import { firstOf } from './first-of.ts';

test('the first of an order are those of sorting all, however many come', () => {
  const numbers = Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 5_003);
  const first = firstOf<number>(10, (a, b) => a - b);
  for (const one of numbers) first.add(one);
  expect(first.all()).toEqual([...numbers].sort((a, b) => a - b).slice(0, 10));
});
