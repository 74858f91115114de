import fc from '../../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { shortestBetween } from './gini-split.ts';
import { type Points, pointsOf } from './points.ts';
import { type Leaf, surrogateTree } from './surrogate-tree.ts';

const points = (rows: readonly (readonly number[])[]) => pointsOf(Float64Array.from(rows.flat()), rows[0]!.length);
const labels = (...values: number[]) => Int32Array.from(values);
const options = { features: ['days', 'value'], k: 3, seed: 1 };

test('three clusters that two conditions tell apart', () => {
  const world = points([
    [10, 1],
    [20, 900],
    [200, 1],
    [300, 2],
    [210, 900],
    [280, 1000],
  ]);
  expect(surrogateTree(world, labels(0, 0, 1, 1, 2, 2), options)).toEqual({
    fidelity: 1,
    leaves: [
      { conditions: [{ feature: 'days', op: '<=', threshold: 100 }], cluster: 0, count: 2, purity: 1 },
      {
        conditions: [
          { feature: 'days', op: '>', threshold: 100 },
          { feature: 'value', op: '<=', threshold: 500 },
        ],
        cluster: 1,
        count: 2,
        purity: 1,
      },
      {
        conditions: [
          { feature: 'days', op: '>', threshold: 100 },
          { feature: 'value', op: '>', threshold: 500 },
        ],
        cluster: 2,
        count: 2,
        purity: 1,
      },
    ],
  });
});

test('a feature has at most one bound in each direction', () => {
  const world = pointsOf(Float64Array.of(1, 2, 3, 4, 5, 6), 1);
  // Each split cuts off the lowest: all are as good.
  const { leaves } = surrogateTree(world, labels(0, 1, 2, 3, 4, 5), { features: ['x'], k: 6, seed: 1 });
  expect(leaves.map(({ conditions }) => conditions.map(({ op, threshold }) => `${op}${threshold}`).join(' '))).toEqual([
    '<=1.5',
    '>1.5 <=2.5',
    '>2.5 <=3.5',
    '>3.5 <=4.5',
    '>4.5',
  ]);
  expect(leaves.at(-1)).toMatchObject({ cluster: 4, count: 2, purity: 0.5 });
});

test('on ties the first feature, the lowest threshold and the lowest cluster count', () => {
  const same = points([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ]);
  // Cutting off the first or the last is as good, and both features are.
  const tree = surrogateTree(same, labels(1, 0, 0, 1), { ...options, k: 2, maxDepth: 1 });
  expect(tree.leaves.map(({ conditions, cluster }) => [conditions[0], cluster])).toEqual([
    [{ feature: 'days', op: '<=', threshold: 1.5 }, 1],
    [{ feature: 'days', op: '>', threshold: 1.5 }, 0],
  ]);
  expect(
    surrogateTree(
      points([
        [1, 1],
        [1, 1],
      ]),
      labels(1, 0),
      options,
    ).leaves,
  ).toEqual([{ conditions: [], cluster: 0, count: 2, purity: 0.5 }]);
});

test('splits between leaves of one cluster are undone', () => {
  const world = pointsOf(Float64Array.of(1, 2, 3, 4, 5), 1);
  const tree = surrogateTree(world, labels(0, 0, 0, 1, 0), { features: ['x'], k: 2, seed: 1, maxDepth: 1 });
  expect(tree).toEqual({ fidelity: 0.8, leaves: [{ conditions: [], cluster: 0, count: 5, purity: 0.8 }] });
});

const holds = ({ conditions }: Leaf, { values, width }: Points, i: number, features: readonly string[]) =>
  conditions.every(({ feature, op, threshold }) => {
    const value = values[i * width + features.indexOf(feature)]!;
    return op === '<=' ? value <= threshold : value > threshold;
  });

test('every point is in exactly one leaf, counts and fidelity are those of a naive count, also from a sample', () => {
  const rows = fc.array(
    fc.tuple(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1, max: 1, noNaN: true }), fc.nat(2)),
    {
      minLength: 1,
      maxLength: 80,
    },
  );
  fc.assert(
    fc.property(rows, fc.constantFrom(15, 1000), (all, sampleSize) => {
      const world = points(all.map(([a, b]) => [a, b]));
      const own = all.map(([, , label]) => label);
      const { leaves, fidelity } = surrogateTree(world, Int32Array.from(own), { ...options, sampleSize });
      const places = all.map((_, i) => leaves.filter((leaf) => holds(leaf, world, i, options.features)));
      expect(places.every((found) => found.length === 1)).toBe(true);
      expect(leaves.every(({ conditions }) => conditions.length <= 4)).toBe(true);
      expect(leaves.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
      const right = places.filter(([leaf], i) => leaf!.cluster === own[i]).length;
      expect(fidelity).toBe(right / all.length);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('without points there is nothing to tell, and one cluster needs no conditions', () => {
  expect(surrogateTree(pointsOf(new Float64Array(0), 2), labels(), options)).toEqual({ leaves: [], fidelity: 1 });
  expect(
    surrogateTree(
      points([
        [1, 2],
        [3, 4],
      ]),
      labels(0, 0),
      options,
    ).leaves,
  ).toEqual([{ conditions: [], cluster: 0, count: 2, purity: 1 }]);
});

test.each([
  [89, 92, 90],
  [0.121, 0.1299, 0.125],
  [1, 2, 1.5],
  [1, 1 + Number.EPSILON, 1],
  [1 + Number.EPSILON, 1 + 2 * Number.EPSILON, 1 + Number.EPSILON],
  [-3, -1, -2],
  [-0.5, 0.7, 0.1],
  [1e139, 1e140, 6e139],
])('between %d and %d the roundest number is %d', (low, high, short) => {
  const found = shortestBetween(low, high);
  expect(found).toBeGreaterThanOrEqual(low);
  expect(found).toBeLessThan(high);
  expect(found).toBe(short);
});
