import { describe, expect, it } from 'vitest';
import { courseOf, pairsOf, segmentsOf } from './realised.ts';

const counted = { segment: 'households', customers: 10, subscriptions: 4, ended: 2, days: 609 };

describe('segmentsOf', () => {
  it('adds the categories of a segment up and divides by exposure', () => {
    const [households] = segmentsOf([
      { ...counted, product_category: 'Home', relationships: 8, ordinary: 6 },
      { ...counted, product_category: 'Sports', relationships: 5, ordinary: 4 },
      { ...counted, segment: 'enthusiasts', product_category: 'Home', relationships: 99, ordinary: 99 },
    ]);
    expect(households).toMatchObject({
      name: 'households',
      favouriteCategories: ['Home', 'Groceries'],
      realised: { customers: 10, relationships: 13, favouriteShare: 0.6, subscriptions: 8, ended: 4 },
    });
    expect(households!.realised.exposureMonths).toBeCloseTo(40.0164, 4);
    expect(households!.realised.hazardPerMonth).toBeCloseTo(0.09996, 5);
    // Home 11 and Groceries 13 of 81, chosen 3.5 times as often.
    expect(households!.favouriteShare).toBeCloseTo((24 * 3.5) / (81 + 24 * 2.5), 10);
  });

  it('has zeros, not NaN, where nothing was found', () => {
    for (const { realised } of segmentsOf([])) expect(new Set(Object.values(realised))).toEqual(new Set([0]));
  });
});

describe('pairsOf', () => {
  const ids = Array.from({ length: 16 }, (_, i) => `P${i}`);

  it('compares who has both with what independence expects', () => {
    const [pair] = pairsOf(ids, 1000, [
      { first: 'P0', second: 'P0', customers: 20 },
      { first: 'P0', second: 'P1', customers: 10 },
      { first: 'P1', second: 'P1', customers: 25 },
    ]);
    expect(pair!.realised).toEqual({ first: 20, second: 25, both: 10, expectedBoth: 0.5, lift: 20 });
    expect(pair!.planted.lift).toBeCloseTo(0.012 / (0.024 * 0.028), 10);
  });

  it('has zeros where nothing was found', () => {
    expect(pairsOf(ids, 1000, [])[7]!.realised).toEqual({ first: 0, second: 0, both: 0, expectedBoth: 0, lift: 0 });
  });
});

describe('courseOf', () => {
  it('lists all months, what was asked for and what came', () => {
    const { months } = courseOf(4800, [{ month: '2022-10', relationships: 7 }]);
    expect(months.length).toBe(48);
    expect(months.map((month) => month.realised).slice(0, 2)).toEqual([7, 0]);
    expect(months.reduce((sum, month) => sum + month.planted, 0)).toBeCloseTo(4800, 6);
  });
});
