import { describe, expect, test } from 'vitest';
import { measured, selfInformation } from './metrics.ts';

const information = selfInformation([8, 4, 2, 1, 0], 16);

describe('metrics of one list', () => {
  test('worked out by hand: relevant at ranks 2 and 4 of 5, one more never found, k = 3', () => {
    const { halfLife, ndcg, ...exact } = measured([4, 0, 2, 1, 3], [0, 1, 9], 3, information);
    expect(exact).toEqual({ hitRate: 1, precision: 1 / 3, recall: 1 / 3, map: 1 / 2 / 3, novelty: (4 + 1 + 3) / 3 });
    expect(ndcg).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3) + 1 / 2), 12);
    expect(halfLife).toBeCloseTo((2 ** -0.25 + 2 ** -0.75) / (1 + 2 ** -0.25 + 2 ** -0.5), 12);
  });

  test('the best possible list has 1 of all but precision, where there are fewer relevant ones than k', () => {
    const best = measured([2, 1, 0, 3], [1, 2], 10, information);
    expect(best).toMatchObject({ hitRate: 1, precision: 0.2, recall: 1, ndcg: 1, map: 1, halfLife: 1 });
  });

  test('more relevant ones than k: what cannot be attained is not asked for, but by recall', () => {
    const full = measured([0, 1], [0, 1, 2, 3], 2, information);
    expect(full).toMatchObject({ precision: 1, recall: 0.5, ndcg: 1, map: 1 });
  });

  test('nothing found, and nothing shown', () => {
    expect(measured([3], [0], 2, information)).toEqual({
      hitRate: 0,
      precision: 0,
      recall: 0,
      ndcg: 0,
      map: 0,
      halfLife: 0,
      novelty: 4,
    });
    expect(measured([], [0], 2, information).novelty).toBe(0);
  });

  test('self-information is in bits; what nobody has is taken as if one had it', () => {
    expect([...information]).toEqual([1, 2, 3, 4, 4]);
  });
});
