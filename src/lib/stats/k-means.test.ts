import fc from '../../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { adjustedRand } from './adjusted-rand.ts';
import { assigned } from './assignment.ts';
import { clusterOf, kMeans } from './k-means.ts';
import { lloyd } from './lloyd.ts';
import { type Points, pointsOf, squaredDistance } from './points.ts';

const points = (rows: readonly (readonly number[])[]) => pointsOf(Float64Array.from(rows.flat()), rows[0]!.length);
const line = (...values: number[]) => pointsOf(Float64Array.from(values), 1);

const CENTRES = [
  [0, 0, 0, 0],
  [3, 1, 0, 2],
  [-2, 3, 1, 0],
  [1, -3, 2, -1],
  [4, 4, -2, 1],
  [-3, -2, -1, 3],
];

/** Six clouds that overlap. Every number is a dyadic fraction, so that any language computes the same ones. */
function clouds(count: number): Points {
  let state = 20_261_125;
  const uniform = () => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const rows = Array.from({ length: count }, () => {
    const centre = CENTRES[Math.floor(uniform() * 6)]!;
    return centre.map((at) => at + (uniform() + uniform() + uniform() + uniform() - 2) * 2);
  });
  return points(rows);
}

const cloud = clouds(3000);

/** sklearn.cluster.KMeans(k, n_init=50, tol=0, max_iter=1000, random_state=0) of scikit-learn 1.9.1 on clouds(3000). */
const REFERENCE = {
  2: 42_799.082103032226,
  3: 31_443.807448351836,
  4: 22_055.971988161902,
  5: 17_777.603744813583,
  6: 15_488.831750211244,
};

test('the points are those of the reference', () => {
  expect(cloud.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(5719.688305318356, 8);
});

test.each([2, 3, 4, 5, 6] as const)('inertia of %i clusters is within 2e-4 of what scikit-learn found', (k) => {
  const { inertia } = kMeans(cloud, { k, seed: 1 });
  expect(inertia / REFERENCE[k] - 1).toBeLessThan(2e-4);
  expect(inertia / REFERENCE[k] - 1).toBeGreaterThan(-2e-4);
});

test('starts on a sample lose next to nothing', () => {
  const { inertia, labels } = kMeans(cloud, { k: 6, seed: 1, sampleSize: 500 });
  expect(inertia / REFERENCE[6]).toBeLessThan(1.0002);
  expect(adjustedRand(labels, kMeans(cloud, { k: 6, seed: 2 }).labels)).toBeGreaterThan(0.99);
});

test('the same seed gives the same clusters, and clusters are numbered by size', () => {
  const options = { k: 7, seed: 5, starts: 2 };
  const [one, again] = [kMeans(cloud, options), kMeans(cloud, options)];
  expect(again).toEqual(one);
  expect(one.sizes).toEqual(one.sizes.toSorted((a, b) => b - a));
  expect(one.sizes.reduce((sum, size) => sum + size, 0)).toBe(3000);
  expect(one).toMatchObject({ k: 7, isConverged: true });
  expect(one.iterations).toBeGreaterThan(0);
  expect(clusterOf(cloud, one)).toEqual(one.labels);
});

test('clusters of one size are numbered by their coordinates', () => {
  const { labels, centroids } = kMeans(line(9, 1, 8, 2, 21, 20), { k: 3, seed: 3 });
  expect([...labels]).toEqual([1, 0, 1, 0, 2, 2]);
  expect([...centroids]).toEqual([1.5, 8.5, 20.5]);
});

test('inertia is the sum of squared distances to the means, worked out by hand', () => {
  const found = kMeans(
    points([
      [0, 0],
      [0, 2],
      [10, 0],
      [10, 4],
    ]),
    { k: 2, seed: 0 },
  );
  expect(found.inertia).toBe(1 + 1 + 4 + 4);
  expect([...found.centroids]).toEqual([0, 1, 10, 2]);
});

const worlds = fc.record({
  values: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 120 }),
  k: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(),
});

/** Lloyd's iterations without bounds, from the same centroids. */
function naive({ values, width }: Points, seeds: Float64Array): number {
  const centroids = seeds.slice();
  for (let before = ''; ;) {
    const { labels, inertia } = assigned({ values, width }, centroids);
    if (labels.join() === before) return inertia;
    before = labels.join();
    for (let c = 0; c < centroids.length / width; c++) {
      const own = [...labels.keys()].filter((i) => labels[i] === c);
      if (own.length === 0) return Number.NaN;
      for (let j = 0; j < width; j++) {
        centroids[c * width + j] = own.reduce((sum, i) => sum + values[i * width + j]!, 0) / own.length;
      }
    }
  }
}

test('bounds change nothing: as Lloyd without them', () => {
  let compared = 0;
  const generator = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 12, maxLength: 300 });
  fc.assert(
    fc.property(generator, fc.integer({ min: 1, max: 6 }), (values, k) => {
      const world = pointsOf(Float64Array.from(values.slice(0, values.length - (values.length % 2))), 2);
      const seeds = world.values.slice(0, 2 * k);
      const expected = naive(world, seeds);
      if (Number.isNaN(expected)) return;
      compared += 1;
      const { centroids } = lloyd(world, seeds, { maxIterations: 1000, rest: 0 });
      expect(assigned(world, centroids).inertia).toBeCloseTo(expected, 6);
    }),
    { seed: 7, numRuns: 200 },
  );
  expect(compared).toBeGreaterThan(100);
});

test('every point has its nearest centroid, every centroid is the mean of its points, none is empty', () => {
  fc.assert(
    fc.property(worlds, ({ values, k, seed }) => {
      const world = pointsOf(Float64Array.from(values.slice(0, values.length - (values.length % 2))), 2);
      const found = kMeans(world, { k, seed, starts: 2 });
      const distinct = new Set(
        Array.from({ length: world.values.length / 2 }, (_, i) => world.values.slice(2 * i, 2 * i + 2).join()),
      );
      expect(found.k).toBe(Math.min(k, distinct.size));
      expect(Math.min(...found.sizes)).toBeGreaterThan(0);
      const sum = [...found.labels].reduce(
        (all, label, i) => all + squaredDistance(world.values, 2 * i, found.centroids, 2 * label, 2),
        0,
      );
      expect(found.inertia).toBeCloseTo(sum, 8);
      const own = [...found.labels.keys()].filter((i) => found.labels[i] === 0);
      expect(found.centroids[0]).toBeCloseTo(own.reduce((all, i) => all + world.values[2 * i]!, 0) / own.length, 8);
    }),
    { seed: 11, numRuns: 300 },
  );
});

test('a cluster that loses its points gets the furthest one', () => {
  // All go to the first; of those that are equally far (0 and 2), the first moves.
  const { centroids } = lloyd(line(0, 1, 2, 10), Float64Array.of(1, 100, 200), { maxIterations: 100, rest: 0 });
  expect([...centroids].toSorted((a, b) => a - b)).toEqual([0, 1.5, 10]);
});

test.each([
  ['no points', [], 3, { k: 0, sizes: [], inertia: 0 }],
  ['one point', [7], 3, { k: 1, sizes: [1], inertia: 0 }],
  ['all the same', [0.1, 0.1, 0.1, 0.1], 2, { k: 1, sizes: [4] }],
  ['fewer distinct points than clusters', [1, 1, 2, 2, 2], 4, { k: 2, sizes: [3, 2], inertia: 0 }],
  ['as many clusters as points', [4, 1, 9], 3, { k: 3, sizes: [1, 1, 1], inertia: 0 }],
  ['one cluster', [1, 2, 3], 1, { k: 1, sizes: [3], inertia: 2 }],
])('%s', (_, values, k, expected) => {
  const found = kMeans(line(...values), { k, seed: 1 });
  expect(found).toMatchObject(expected);
  expect(found.labels.length).toBe(values.length);
  expect([...found.centroids].every(Number.isFinite)).toBe(true);
});

test('a few points that a sample lacks are found all the same', () => {
  const values = new Float64Array(5000);
  values.set([50, 90], 2500);
  const found = kMeans(pointsOf(values, 1), { k: 3, seed: 1, sampleSize: 100 });
  expect(found).toMatchObject({ k: 3, sizes: [4998, 1, 1], inertia: 0 });
});

test('what is no k, starts or seed is refused', () => {
  for (const k of [0, -1, 1.5, Number.NaN, Infinity]) {
    expect(() => kMeans(line(1, 2), { k, seed: 1 })).toThrow(/^k is a whole number from 1/);
  }
  expect(() => kMeans(line(1, 2), { k: 1, seed: 1, starts: 0 })).toThrow(/^starts is a whole number from 1/);
  for (const seed of [-1, 0.5, 2 ** 32, Number.NaN])
    expect(() => kMeans(line(1, 2), { k: 1, seed })).toThrow(RangeError);
});

test('it can be watched and stopped', () => {
  const seen: number[] = [];
  const onIteration = (iteration: number) => {
    seen.push(iteration);
    return seen.length < 3;
  };
  const found = lloyd(cloud, cloud.values.slice(0, 24), { maxIterations: 100, rest: 0, onIteration });
  expect(seen).toEqual([1, 2, 3]);
  expect(found).toMatchObject({ iterations: 3, isConverged: false });
  expect(lloyd(cloud, cloud.values.slice(0, 24), { maxIterations: 4, rest: 0 })).toMatchObject({
    iterations: 4,
    isConverged: false,
  });
});
