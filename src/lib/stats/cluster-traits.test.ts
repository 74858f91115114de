import { expect, test } from 'vitest';
import { clusterTraits } from './cluster-traits.ts';

const columns = [
  { mean: 10, sd: 2 },
  { mean: 0, sd: 1 },
  { mean: 5, sd: 0 },
  { mean: 100, sd: 50 },
];
const features = ['recency', 'frequency', 'constant', 'value'];

test('the three measures furthest from the mean, in standard deviations, the furthest first', () => {
  expect(clusterTraits(Float64Array.of(4, -1, 5, 150, 10, 0.5, 9, 75), columns, features)).toEqual([
    [
      { feature: 'recency', deviation: -3 },
      // As far as the value is, and before it.
      { feature: 'frequency', deviation: -1 },
      { feature: 'value', deviation: 1 },
    ],
    [
      { feature: 'frequency', deviation: 0.5 },
      { feature: 'value', deviation: -0.5 },
      { feature: 'recency', deviation: 0 },
    ],
  ]);
  expect(clusterTraits(Float64Array.of(4, -1, 5, 150), columns, features, 1)[0]!.length).toBe(1);
  expect(clusterTraits(new Float64Array(0), columns, features)).toEqual([]);
});
