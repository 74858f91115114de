import { expect, test } from 'vitest';
import { clustering } from './clustering.ts';
import { randomOf } from './random.ts';
import type { Condition } from './surrogate-tree.ts';

const features = ['orders', 'value', 'constant'];
const random = randomOf(1, 'customers');
/** 200 customers with many orders of little, 100 with few of much. */
const values = Float64Array.from(
  Array.from({ length: 300 }, (_, i) => {
    const [orders, value] = i % 3 === 0 ? [2, 5000] : [40, 10];
    return [orders * (1 + random.uniform() / 2), value * (1 + random.uniform()), 7];
  }).flat(),
);

test('from measures to clusters that are told in their own units', () => {
  const found = clustering({ values, features, logged: ['orders', 'value'], seed: 1 });
  expect(found).toMatchObject({ k: 2, sizes: [200, 100], stability: 1, isConverged: true });
  expect(found.steps.map(({ k }) => k)).toEqual([1, 2, 3]);
  expect(found.labels.slice(0, 6)).toEqual(Int32Array.of(1, 0, 0, 1, 0, 0));
  expect(found.scales.map(({ feature, isLogged, sd }) => [feature, isLogged, sd > 0])).toEqual([
    ['orders', true, true],
    ['value', true, true],
    ['constant', false, false],
  ]);
  const [orders, value, constant] = found.means;
  expect(orders).toBeGreaterThan(40);
  expect(value).toBeLessThan(20);
  expect(constant).toBe(7);
  expect(
    found.traits[1]!.map(({ feature }) => feature)
      .slice(0, 2)
      .toSorted(),
  ).toEqual(['orders', 'value']);
  expect(found.tree).toMatchObject({
    fidelity: 1,
    leaves: [
      { cluster: 1, count: 100 },
      { cluster: 0, count: 200 },
    ],
  });
  const [{ threshold }] = found.tree.leaves[0]!.conditions as readonly [Condition];
  expect(threshold).toBeGreaterThanOrEqual(2.9);
  expect(threshold).toBeLessThan(41);
});

test('the same input gives the same answer, and is not changed', () => {
  const before = values.slice();
  const input = { values, features, k: 3, starts: 2, seed: 4 };
  expect(clustering(input)).toEqual(clustering(input));
  expect(values).toEqual(before);
});

test('k can be forced, and k and starts have bounds', () => {
  expect(clustering({ values, features, k: 4, starts: 2, seed: 1 })).toMatchObject({ k: 4, steps: [] });
  expect(clustering({ values, features, kMax: 1, seed: 1 })).toMatchObject({ k: 1, stability: 1 });
  expect(clustering({ values: Float32Array.of(1, 2, 9), features: ['x'], k: 50, seed: 1 })).toMatchObject({ k: 3 });
  expect(() => clustering({ values, features, k: 0, seed: 1 })).toThrow(/^k is a whole number from 1/);
});

test.each([
  ['no rows', [], { k: 0, sizes: [], traits: [], tree: { leaves: [], fidelity: 1 }, stability: 1 }],
  ['one row', [5, 6, 7], { k: 1, sizes: [1], tree: { leaves: [{ conditions: [] }], fidelity: 1 }, stability: 1 }],
  ['all the same', [5, 6, 7, 5, 6, 7, 5, 6, 7], { k: 1, sizes: [3], inertia: 0, stability: 1 }],
  ['negative values', [-5, -6, 7, -500, 6, 7, -5, -6, 7], {}],
])('%s', (_, rows, expected) => {
  for (const k of [undefined, 2]) {
    const found = clustering({ values: Float64Array.from(rows), features, logged: ['orders'], k, seed: 1 });
    expect(found).toMatchObject(expected);
    const numbers = [...found.centroids, ...found.means, found.inertia, found.stability, found.tree.fidelity];
    expect(numbers.every(Number.isFinite)).toBe(true);
  }
});

test('what cannot be is refused', () => {
  expect(() => clustering({ values: Float64Array.of(1, Number.NaN), features: ['x'], seed: 1 })).toThrow(TypeError);
  expect(() => clustering({ values, features: [], seed: 1 })).toThrow(RangeError);
  expect(() => clustering({ values, features, logged: ['orderz'], seed: 1 })).toThrow(
    "'orderz' is not one of the features orders, value, constant",
  );
});
