import { expect, test } from 'vitest';
import { randomOf, sampleOf } from './random.ts';

const MANY = 50_000;

test('uniform numbers are at least 0 and below 1, with the mean and variance of such', () => {
  const random = randomOf(7, 'uniform');
  const drawn = Array.from({ length: MANY }, random.uniform);
  const mean = drawn.reduce((sum, x) => sum + x, 0) / MANY;
  const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / MANY;
  expect(Math.min(...drawn.slice(0, 9000))).toBeGreaterThanOrEqual(0);
  expect(drawn.every((x) => x < 1)).toBe(true);
  // Four standard errors.
  expect(Math.abs(mean - 1 / 2)).toBeLessThan((4 * Math.sqrt(1 / 12)) / Math.sqrt(MANY));
  expect(Math.abs(variance - 1 / 12)).toBeLessThan((4 * Math.sqrt(1 / 180)) / Math.sqrt(MANY));
});

test('numbers below a limit are equally frequent (chi-square of 9 degrees of freedom below its 0.9999 quantile)', () => {
  const random = randomOf(1, 'below');
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < MANY; i++) counts[random.below(10)]!++;
  expect(counts.reduce((sum, n) => sum + (n - MANY / 10) ** 2 / (MANY / 10), 0)).toBeLessThan(33.7);
});

test('seed and salt decide', () => {
  const first = (seed: number, salt: string) => randomOf(seed, salt).uniform();
  expect(first(1, 'a')).toBe(first(1, 'a'));
  expect(new Set([first(1, 'a'), first(1, 'b'), first(2, 'a'), first(2 ** 32 - 1, 'a')]).size).toBe(4);
});

test.each([-1, 0.5, 2 ** 32, Number.NaN, Infinity])('%d is no seed', (seed) => {
  expect(() => randomOf(seed, '')).toThrow('a seed is a whole number from 0 to 2^32 - 1');
});

test('a sample has different places, ascending, each as likely', () => {
  const counts = Array.from({ length: 20 }, () => 0);
  for (let seed = 0; seed < 2000; seed++) {
    const sample = [...sampleOf(20, 5, randomOf(seed, 'sample'))];
    expect(sample).toEqual([...new Set(sample)].toSorted((a, b) => a - b));
    expect(sample.length).toBe(5);
    for (const place of sample) counts[place]!++;
  }
  // Each 500 times, give or take four standard deviations of a binomial.
  expect(Math.max(...counts.map((n) => Math.abs(n - 500)))).toBeLessThan(4 * Math.sqrt(2000 * 0.25 * 0.75));
});

test('a sample of no fewer than there are is all of them', () => {
  expect([...sampleOf(3, 3, randomOf(1, ''))]).toEqual([0, 1, 2]);
  expect([...sampleOf(3, 9, randomOf(1, ''))]).toEqual([0, 1, 2]);
  expect([...sampleOf(0, 9, randomOf(1, ''))]).toEqual([]);
});
