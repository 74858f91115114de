import { expect, test } from 'vitest';
import { countOf, pointsAt, pointsOf } from './points.ts';

test.each([Number.NaN, Infinity, -Infinity, 1e141, -1e200])('%d is no coordinate', (value) => {
  const values = Float64Array.of(1, 2, 3, value);
  expect(() => pointsOf(values, 2)).toThrow(TypeError);
  expect(() => pointsOf(values, 2)).toThrow(`coordinate 1 of point 1 is ${value}; it must be a finite number`);
});

test('values are a whole number of points with at least one coordinate', () => {
  expect(() => pointsOf(new Float64Array(3), 2)).toThrow('3 values are no whole number of points of 2 coordinates');
  for (const width of [0, -1, 0.5]) expect(() => pointsOf(new Float64Array(2), width)).toThrow(RangeError);
  expect(countOf(pointsOf(new Float64Array(0), 3))).toBe(0);
});

test('32-bit numbers are widened, 64-bit ones are not copied', () => {
  expect(pointsOf(Float32Array.of(0.5, 2), 1).values).toEqual(Float64Array.of(0.5, 2));
  const values = Float64Array.of(1e140, -1e140);
  expect(pointsOf(values, 1).values).toBe(values);
});

test('points at places', () => {
  const points = pointsOf(Float64Array.of(0, 1, 2, 3, 4, 5), 2);
  expect(pointsAt(points, Int32Array.of(2, 0))).toEqual({ values: Float64Array.of(4, 5, 0, 1), width: 2 });
});
