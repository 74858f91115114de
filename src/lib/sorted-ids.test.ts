import { expect, test } from 'vitest';
import { numbersInOrder } from './sorted-ids.ts';

test('numbers of ids, in order or not, and of none', () => {
  const numberOf = numbersInOrder(['a', 'b', 'd', '\uffff', '😀']);
  expect(['a', 'b', 'c', 'd', 'a', '😀', '\uffff', ''].map(numberOf)).toEqual([0, 1, -1, 2, 0, 4, 3, -1]);
});
