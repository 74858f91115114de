import { expect, test } from 'vitest';
import { basketsOf, type Baskets } from './baskets.ts';

const lists = ({ offsets, items }: Baskets) =>
  Array.from({ length: offsets.length - 1 }, (_, b) => [...items.subarray(offsets[b], offsets[b + 1])]);
const rows = (...list: [number, number, number?][]) => ({
  owner: Int32Array.from(list, ([owner]) => owner),
  item: Int32Array.from(list, ([, item]) => item),
  day: list[0]?.[2] === undefined ? undefined : Int32Array.from(list, ([, , day]) => day!),
});

test('a basket per owner who has anything, its items once and ascending by their ranks', () => {
  const parts = [rows([2, 0], [0, 1], [2, 2]), rows([2, 0], [0, 1], [2, 1])];
  const baskets = basketsOf({ parts, owners: 4, rankOf: Uint32Array.of(2, 0, 1) });
  expect(lists(baskets)).toEqual([[0], [0, 1, 2]]);
  expect(baskets.items).toBeInstanceOf(Uint16Array);
});

test('days part the baskets of an owner, those before 1970 too', () => {
  const parts = [rows([0, 1, -719_162], [0, 0, 19_000], [0, 1, 19_000], [1, 0, -1], [0, 1, 19_000], [1, 1, -2])];
  expect(lists(basketsOf({ parts, owners: 2, rankOf: Uint32Array.of(0, 1) }))).toEqual([[1], [0, 1], [1], [0]]);
});

test('more items than 16 bits tell apart, and nothing at all', () => {
  const rankOf = Uint32Array.from({ length: 65_537 }, (_, i) => i);
  expect(lists(basketsOf({ parts: [rows([0, 65_536], [0, 3])], owners: 1, rankOf }))).toEqual([[3, 65_536]]);
  expect(lists(basketsOf({ parts: [], owners: 0, rankOf: new Uint32Array() }))).toEqual([]);
});
