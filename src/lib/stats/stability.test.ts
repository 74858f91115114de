import { expect, test } from 'vitest';
import { pointsOf } from './points.ts';
import { randomOf } from './random.ts';
import { stability } from './stability.ts';

const random = randomOf(1, 'stability');
const apart = pointsOf(
  Float64Array.from({ length: 900 }, (_, i) => (i % 3) * 20 + random.uniform()),
  1,
);
const cloud = pointsOf(
  Float64Array.from({ length: 600 }, () => random.uniform()),
  2,
);

test('clusters that are there are found again', () => {
  expect(stability(apart, { k: 3, seed: 1 })).toBe(1);
});

test('a cut through a cloud is not found again', () => {
  const found = stability(cloud, { k: 6, seed: 1 });
  expect(found).toBeLessThan(0.85);
  expect(found).toBeGreaterThan(0.1);
  expect(stability(cloud, { k: 6, seed: 1, starts: 10 })).toBe(found);
});

test('1 where nothing could differ', () => {
  for (const values of [[], [4], [4, 4, 4]]) {
    expect(stability(pointsOf(Float64Array.from(values), 1), { k: 2, seed: 1 })).toBe(1);
  }
});
