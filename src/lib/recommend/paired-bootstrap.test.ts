import { expect, test } from 'vitest';
import { pairedBootstrap } from './paired-bootstrap.ts';

const many = Float64Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 1 : -1) + 0.5);

test('the interval is about as wide as the normal one of a mean, and surer ones are wider', () => {
  const [interval] = pairedBootstrap([many], { seed: 1 });
  const { mean, low, high } = interval!;
  expect(mean).toBe(0.5);
  // 1.96 standard errors of a mean of 400 values with a deviation of 1 are 0.098.
  expect(Math.abs(low - 0.402)).toBeLessThan(0.02);
  expect(Math.abs(high - 0.598)).toBeLessThan(0.02);
  const [surer] = pairedBootstrap([many], { seed: 1, level: 0.99 });
  expect(surer!.low).toBeLessThan(low);
  expect(surer!.high).toBeGreaterThan(high);
});

test('the same seed gives the same interval, another one another; methods do not change each other', () => {
  const options = { seed: 7, resamples: 100 };
  const [one, doubled] = pairedBootstrap([many, many.map((value) => 2 * value)], options);
  expect(pairedBootstrap([many], options)).toEqual([one]);
  expect(pairedBootstrap([many], { ...options, seed: 8 })).not.toEqual([one]);
  expect(doubled).toEqual({ mean: 2 * one!.mean, low: 2 * one!.low, high: 2 * one!.high });
});

test('edges: no method, nobody, one customer, no difference at all, one resample', () => {
  expect(pairedBootstrap([], { seed: 1 })).toEqual([]);
  expect(pairedBootstrap([new Float64Array(0)], { seed: 1 })).toEqual([undefined]);
  expect(pairedBootstrap([Float64Array.of(0.25)], { seed: 1 })).toEqual([{ mean: 0.25, low: 0.25, high: 0.25 }]);
  expect(pairedBootstrap([new Float64Array(9)], { seed: 1, resamples: 1 })).toEqual([{ mean: 0, low: 0, high: 0 }]);
});
