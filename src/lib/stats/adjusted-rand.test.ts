import { expect, test } from 'vitest';
import { adjustedRand } from './adjusted-rand.ts';

// K. Yeung and W. Ruzzo, 2001, "Details of the adjusted Rand index and clustering algorithms" (supplement to
// Bioinformatics 17), table 2: 1 1 0 / 1 2 1 / 0 0 4, of which they give the index of Hubert and Arabie as 0.313.
test('the worked example of Yeung and Ruzzo (2001): 0.313', () => {
  const cells = [
    [1, 1, 0],
    [1, 2, 1],
    [0, 0, 4],
  ];
  const pairs = cells.flatMap((row, a) => row.flatMap((n, b) => Array.from({ length: n }, () => [a, b] as const)));
  const index = adjustedRand(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
  );
  expect(index).toBeCloseTo(0.313, 3);
  expect(index).toBeCloseTo((7 - (13 * 14) / 45) / (13.5 - (13 * 14) / 45), 12);
});

test('1 for the same clusters under other numbers, and the same in both directions', () => {
  expect(adjustedRand([0, 0, 1, 1, 2], [5, 5, 0, 0, 9])).toBe(1);
  const [a, b] = [
    [0, 0, 1, 1],
    [0, 0, 1, 2],
  ];
  expect(adjustedRand(a, b)).toBeCloseTo(4 / 7, 12);
  expect(adjustedRand(b, a)).toBe(adjustedRand(a, b));
});

test('below 0 when less agrees than by chance', () => {
  expect(adjustedRand([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 12);
});

test('0 when one of them has one cluster; 1 when neither could be otherwise', () => {
  expect(adjustedRand([0, 0, 0, 0], [0, 1, 2, 2])).toBe(0);
  expect(adjustedRand([0, 0, 0], [4, 4, 4])).toBe(1);
  expect(adjustedRand([0, 1, 2], [2, 1, 0])).toBe(1);
  expect(adjustedRand([0], [3])).toBe(1);
  expect(adjustedRand([], [])).toBe(1);
});

test('unequal lengths are refused', () => {
  expect(() => adjustedRand([0], [0, 1])).toThrow('1 labels cannot be compared with 2');
});
