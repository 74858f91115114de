import { expect, test } from 'vitest';
import { pointsOf } from './points.ts';
import { columnsOf, groupMeans, signedLog1p, standardised, transformed } from './scaling.ts';

test('signed logarithm', () => {
  expect([0, Math.E - 1, 1 - Math.E].map(signedLog1p)).toEqual([0, 1, -1]);
  expect(signedLog1p(-1e-20)).toBe(-1e-20);
});

test('mean and population standard deviation, worked out by hand', () => {
  const points = pointsOf(Float64Array.of(2, 1, 4, 1, 4, 1, 4, 1, 5, 1, 5, 1, 7, 1, 9, 1), 2);
  expect(columnsOf(points)).toEqual([
    { mean: 5, sd: 2 },
    { mean: 1, sd: 0 },
  ]);
  expect([...standardised(points).values]).toEqual([-1.5, 0, -0.5, 0, -0.5, 0, -0.5, 0, 0, 0, 0, 0, 1, 0, 2, 0]);
});

test('a column of one value becomes zeros, whatever its sum is rounded to', () => {
  const points = pointsOf(new Float64Array(10).fill(0.1), 1);
  expect(columnsOf(points)).toEqual([{ mean: 0.1, sd: 0 }]);
  expect(standardised(points).values).toEqual(new Float64Array(10));
});

test('far from zero nothing is lost', () => {
  expect(columnsOf(pointsOf(Float64Array.of(1e9, 1e9 + 1, 1e9 + 2, 1e9 + 1), 1))[0]!.sd).toBeCloseTo(Math.SQRT1_2, 12);
});

test('without points all is 0', () => {
  const none = pointsOf(new Float64Array(0), 2);
  expect(columnsOf(none)).toEqual([
    { mean: 0, sd: 0 },
    { mean: 0, sd: 0 },
  ]);
  expect(standardised(none).values.length).toBe(0);
});

test('only columns that are named are transformed, and the points stay as they were', () => {
  const points = pointsOf(Float64Array.of(1, 2, 3, 4), 2);
  expect([...transformed(points, [1], (x) => -x).values]).toEqual([1, -2, 3, -4]);
  expect([...points.values]).toEqual([1, 2, 3, 4]);
});

test('means of groups; a group without points has zeros', () => {
  const points = pointsOf(Float64Array.of(1, 10, 3, 20, 5, 60), 2);
  expect([...groupMeans(points, Int32Array.of(0, 0, 2), 3)]).toEqual([2, 15, 0, 0, 5, 60]);
});
