import { expect, test } from 'vitest';
import { concentrationOf } from './concentration.ts';

const of = (...amounts: number[]) => concentrationOf(Float64Array.from(amounts));

test('by hand: 60, 30 and 10 of 100, beside what is nothing, negative or none', () => {
  expect(of(10, NaN, 60, 0, -5, 30)).toEqual({
    items: 3,
    itemsLeftOut: 2,
    total: 100,
    hhi: expect.closeTo(4600, 9),
    effectiveNumber: expect.closeTo(1 / 0.46, 12),
    normalisedHhi: expect.closeTo((0.46 - 1 / 3) / (2 / 3), 12),
    gini: expect.closeTo((2 * 0.6 - 2 * 0.1) / 3, 12),
    topShare1: 0.6,
    topShare10: 1,
    topShare20Percent: 0.6,
    itemsA: 1,
    itemsB: 1,
    itemsC: 1,
  });
});

test('one item, all alike, and nothing above 0', () => {
  expect(of(5)).toMatchObject({ hhi: 10_000, effectiveNumber: 1, normalisedHhi: null, gini: 0, itemsC: 1 });
  const alike = concentrationOf(new Float64Array(35).fill(2));
  expect(alike).toMatchObject({ gini: 0, itemsC: 35, topShare20Percent: 0.2, topShare10: 10 / 35 });
  expect(alike!.normalisedHhi).toBeCloseTo(0, 12);
  expect([of(), of(0, -1, NaN)]).toEqual([undefined, undefined]);
});

test('what ends on a limit is within, what crosses it is not, and equals share the worse class', () => {
  expect(of(80, 15, 5)).toMatchObject({ itemsA: 1, itemsB: 1, itemsC: 1 });
  expect(of(50, 25, 25)).toMatchObject({ itemsA: 1, itemsB: 0, itemsC: 2 });
});
