import { expect, test } from 'vitest';
import { computePool } from '../compute/pool.ts';
import { gapStatistic } from './gap-statistic.ts';
import { type Points, pointsOf } from './points.ts';
import { type Random, randomOf } from './random.ts';

const SIMULATIONS = 40;
const [COUNT, WIDTH] = [600, 4];
/** Centres are normal with this standard deviation and at least so far from each other; points have 1 around them. */
const [SPREAD, APART] = [2, 3];

/** Box and Muller, 1958. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((x, j) => x - b[j]!));

/** Clouds that overlap, with the share of points that are nearer to another centre than to their own. */
function simulation(k: number, seed: number): { points: Points; misplaced: number } {
  const random = randomOf(seed, 'simulation');
  const centres: number[][] = [];
  while (centres.length < k) {
    const centre = Array.from({ length: WIDTH }, () => normal(random) * SPREAD);
    if (centres.every((other) => distance(centre, other) >= APART)) centres.push(centre);
  }
  const rows = Array.from({ length: COUNT }, (_, i) => centres[i % k]!.map((at) => at + normal(random)));
  const isMisplaced = (row: number[], i: number) => {
    const own = distance(row, centres[i % k]!);
    return centres.some((centre) => distance(row, centre) < own);
  };
  const misplaced = rows.filter(isMisplaced).length / COUNT;
  return { points: pointsOf(Float64Array.from(rows.flat()), WIDTH), misplaced };
}

/** In threads, which are not slowed down by the counting of coverage. */
async function chosenInThreads(worlds: readonly Points[]): Promise<number[]> {
  const [stats, serve] = ['./gap-statistic.ts', '../compute/serve.ts'].map(
    (path) => new URL(path, import.meta.url).href,
  );
  const source = `import { parentPort } from 'node:worker_threads';
    import { gapStatistic } from '${stats}';
    import { serve } from '${serve}';
    serve(parentPort, { gap: ({ points, seed }) => gapStatistic(points, { seed }).k });`;
  type Table = { gap: (input: { points: Points; seed: number }) => number };
  const worker = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const pool = computePool<Table>({ size: 2, worker });
  try {
    return await Promise.all(worlds.map((points, i) => pool.run('gap', { points, seed: i + 1 })));
  } finally {
    await pool.close();
  }
}

test('right in at least 85 % of 40 simulations of 2 to 6 clouds that overlap', async () => {
  const counts = Array.from({ length: SIMULATIONS }, (_, i) => 2 + ((i + 1) % 5));
  const worlds = counts.map((k, i) => simulation(k, i + 1));
  expect(worlds.reduce((sum, { misplaced }) => sum + misplaced, 0) / SIMULATIONS).toBeGreaterThan(0.02);
  const chosen = await chosenInThreads(worlds.map(({ points }) => points));
  const right = chosen.filter((k, i) => k === counts[i]).length;
  expect(right / SIMULATIONS).toBeGreaterThanOrEqual(0.85);
});

test('one cloud without clusters is one', () => {
  const random = randomOf(3, 'one');
  const points = pointsOf(
    Float64Array.from({ length: 600 }, () => random.uniform()),
    2,
  );
  const { k, steps } = gapStatistic(points, { seed: 1 });
  expect(k).toBe(1);
  expect(steps.map((step) => step.k)).toEqual([1, 2]);
  expect(steps[0]!.gap!).toBeGreaterThanOrEqual(steps[1]!.gap! - steps[1]!.error);
});

test('the same seed gives the same choice', () => {
  const { points } = simulation(2, 1);
  expect(gapStatistic(points, { seed: 9 })).toEqual(gapStatistic(points, { seed: 9 }));
  expect(gapStatistic(points, { seed: 8 }).steps).not.toEqual(gapStatistic(points, { seed: 9 }).steps);
});

test('the largest k when the gap still rises there, and what was tried when it is stopped', () => {
  const { points } = simulation(5, 3);
  expect(gapStatistic(points, { seed: 1, kMax: 3 })).toMatchObject({ k: 3, steps: { length: 3 } });
  const asked: number[] = [];
  const onStep = (k: number) => {
    asked.push(k);
    return k < 3;
  };
  expect(gapStatistic(points, { seed: 1, onStep }).steps.length).toBe(2);
  expect(asked).toEqual([1, 2, 3]);
  expect(gapStatistic(points, { seed: 1, onStep: () => false })).toEqual({ k: 1, steps: [] });
});

test.each([
  ['no points', [], 0],
  ['one point', [5], 1],
  ['all the same', [0.1, 0.1, 0.1, 0.1, 0.1], 1],
])('%s', (_, values, k) => {
  const found = gapStatistic(pointsOf(Float64Array.from(values), 1), { seed: 1 });
  expect(found.k).toBe(k);
  expect(found.steps.every(({ gap, error }) => (gap === null || Number.isFinite(gap)) && Number.isFinite(error))).toBe(
    true,
  );
});

test('three places, many points at each: nothing is better than no inertia', () => {
  const places = [0, 0, 100, 0, 0, 100];
  const points = pointsOf(
    Float64Array.from({ length: 240 }, (_, at) => places[at % 6]!),
    2,
  );
  const { k, steps } = gapStatistic(points, { seed: 1 });
  expect(k).toBe(3);
  expect(steps[2]).toEqual({ k: 3, gap: null, error: 0 });
});
