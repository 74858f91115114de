import { array, assert, constantFrom, integer, oneof, property } from '../../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { medianInPlace } from './median.ts';

test('of few, of equal ones and of none', () => {
  expect(medianInPlace(Float64Array.of(3))).toBe(3);
  expect(medianInPlace(Float64Array.of(4, 1))).toBe(2.5);
  expect(medianInPlace(Float64Array.of(9, -9, 1))).toBe(1);
  expect(medianInPlace(new Float64Array(1001).fill(7))).toBe(7);
  expect(medianInPlace(new Float64Array(0))).toBeNaN();
});

test('is the middle after sorting', () => {
  const numbers = array(oneof(integer({ min: -1000, max: 1000 }), constantFrom(0, 5)), { minLength: 1, maxLength: 60 });
  assert(
    property(numbers, (list) => {
      const sorted = list.toSorted((a, b) => a - b);
      const [lower, upper] = [sorted[(list.length - 1) >> 1]!, sorted[list.length >> 1]!];
      expect(medianInPlace(Float64Array.from(list))).toBe((lower + upper) / 2);
    }),
  );
});

test('of many in order, in opposite order and in waves, in some looks at each', () => {
  const size = 200_001;
  const ramp = Float64Array.from({ length: size }, (_, i) => i);
  expect(medianInPlace(ramp.slice())).toBe(100_000);
  expect(medianInPlace(ramp.toReversed())).toBe(100_000);
  const waves = ramp.map((i) => i % 1000);
  expect(medianInPlace(waves)).toBe(499);
});
