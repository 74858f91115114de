import { describe, expect, test } from 'vitest';
import { matrixOfRows } from '../../../test/matrix-of-rows.ts';
import { randomOf } from '../stats/random.ts';
import { casesOf, rowOf } from './cases.ts';
import { type EvaluationInput, evaluateSplit } from './evaluation.ts';
import { COSINE, GRID, LIFT, type Model, modelTitle, POPULARITY, rp3beta } from './models.ts';
import { verdict } from './verdict.ts';

describe('cases', () => {
  const owned = [[0, 1], [0], [], [1, 2], [0, 1, 2]];
  const started = [[1, 2, 3], [0], [1], [0, 3], [4]];
  const ask = async (more: object) =>
    casesOf({ owned: await matrixOfRows(owned, 5), started: await matrixOfRows(started, 5), seed: 1, ...more });

  test('are those who had something and started something else', async () => {
    const { customers, relevant, leftOut } = await ask({});
    expect([...customers]).toEqual([0, 3, 4]);
    expect([0, 1, 2].map((i) => [...rowOf(relevant, i)])).toEqual([[2, 3], [0, 3], [4]]);
    expect(leftOut).toEqual({ tooFewOwned: 1, nothingNew: 1, notSampled: 0 });
  });

  test('who is not asked about is not counted', async () => {
    const { customers, leftOut } = await ask({ asked: Uint8Array.of(1, 1, 0, 0, 0) });
    expect([[...customers], leftOut]).toEqual([[0], { tooFewOwned: 0, nothingNew: 1, notSampled: 0 }]);
  });

  test('what may not be offered does not count; more must be owned where that is asked', async () => {
    const { customers, relevant, leftOut } = await ask({ eligible: Uint8Array.of(1, 1, 0, 1, 0), leastOwned: 2 });
    expect([...customers]).toEqual([0, 3]);
    expect([...relevant.items]).toEqual([3, 0, 3]);
    expect(leftOut).toEqual({ tooFewOwned: 2, nothingNew: 1, notSampled: 0 });
  });

  test('more than the most are a seeded sample', async () => {
    const { customers, relevant, leftOut } = await ask({ most: 2 });
    expect([customers.length, relevant.rows, leftOut.notSampled]).toEqual([2, 2, 1]);
    expect((await ask({ most: 2 })).customers).toEqual(customers);
  });
});

/** Customers have popular items by chance and come in pairs of kinds: who has 2n will start 2n + 1. */
async function planted(customers: number, seed: number): Promise<EvaluationInput> {
  const random = randomOf(seed, 'planted');
  const owned = Array.from({ length: customers }, () => [2 * random.below(10), 20 + random.below(3)]);
  const started = owned.map(([kind]) => [kind! + 1]);
  // Others have bought both before.
  const before = Array.from({ length: customers }, () => {
    const kind = 2 * random.below(10);
    return [kind, kind + 1, 20 + random.below(3)];
  });
  const train = await matrixOfRows([...owned, ...before], 24);
  return { train, started: await matrixOfRows([...started, ...before.map(() => [])], 24), seed };
}

describe('an evaluation', () => {
  test('finds what was planted, says so with its figures, and serves it', async () => {
    const [earlier, later] = [await planted(100, 1), await planted(100, 2)];
    const groupOf = Int32Array.from({ length: 200 }, (_, i) => (i < 50 ? 0 : i < 90 ? 1 : -1));
    const test_ = evaluateSplit({ ...later, groupOf, groups: 3, k: 2, resamples: 200 });
    const found = verdict(test_, evaluateSplit({ ...earlier, k: 2 }));
    expect(found.chosen.map(({ name }) => name)).toEqual(['cosine', 'rp3beta']);
    expect(SERVED).toContain(found.model.name);
    const own = test_.reports.find(({ model }) => model === found.model)!;
    expect(own.overall!.metrics.ndcg).toBeGreaterThan(0.9);
    expect(own.gain!.low).toBeGreaterThan(0.5);
    expect(own.groups.map(({ overall }) => overall?.cases)).toEqual([50, 40, undefined]);
    const popularity = test_.reports[0]!;
    expect([popularity.model, popularity.gain]).toEqual([POPULARITY, undefined]);
    // Of the popular items, what one has not is on every list of popularity.
    expect(popularity.overall!.coverage).toBe(3 / 24);
    // Each list has the product of its kind, and one of the popular ones.
    expect(own.overall!.coverage).toBeGreaterThan(popularity.overall!.coverage);
    expect(own.overall!.metrics.novelty).toBeGreaterThan(popularity.overall!.metrics.novelty);
    expect(found.reason).toBe(
      `${modelTitle(found.model)}: NDCG@2 1.0000 against 0.0000 of popularity, a difference of 1.0000 ` +
        '(95 % interval 1.0000 to 1.0000) over 100 customers',
    );
  });

  test('serves popularity when nothing is surely better, and says which was best', async () => {
    const random = randomOf(3, 'noise');
    const some = () => [0, 1].map(() => Math.floor(random.uniform() ** 2 * 20));
    const rows = Array.from({ length: 200 }, some);
    const input = { train: await matrixOfRows(rows, 20), started: await matrixOfRows(rows.map(some), 20), seed: 1 };
    const report = evaluateSplit({ ...input, resamples: 200 });
    const found = verdict(report);
    expect(found.model).toEqual(POPULARITY);
    expect(found.chosen).toEqual([COSINE, rp3beta(0.7, 0.4)]);
    expect(found.reason).toMatch(/^popularity: no model is surely better; the best, .+, has NDCG@10 /);
  });

  test('takes the parameters that were best before, not those that are best now', async () => {
    const models: readonly Model[] = [rp3beta(0.5, 0.3), rp3beta(0.7, 0.3)];
    const report = evaluateSplit({ ...(await planted(50, 4)), models });
    const with_ = (scores: readonly number[]) => ({
      ...report,
      reports: report.reports.map((one, i) => ({
        ...one,
        overall: { ...one.overall!, metrics: { ...one.overall!.metrics, ndcg: scores[i]! } },
      })),
    });
    const found = verdict(with_([0.1, 0.5, 0.9]), with_([0.1, 0.6, 0.5]));
    expect(found).toMatchObject({ model: models[0], chosen: [models[0]] });
    // Without cases before, and without the usual parameters among them, the first.
    expect(verdict(with_([0.1, 0.5, 0.9]), { ...report, cases: 0 }).chosen).toEqual([models[0]]);
  });

  test('heavy customers are counted, and judged all the same; what may be offered is what coverage is of', async () => {
    const matrix = await matrixOfRows([[0, 1, 2], [0, 1], [0]], 5);
    const started = await matrixOfRows([[3], [2], [1]], 5);
    const eligible = Uint8Array.of(1, 1, 1, 1, 0);
    const input = { train: matrix, started, seed: 1, heaviest: 2, eligible, models: [COSINE], most: 5, mostCases: 9 };
    const { cases, leftOut, reports } = evaluateSplit({ ...input, leastOwned: 1, level: 0.9 });
    expect([cases, leftOut.heavy]).toEqual([3, 1]);
    expect(reports[1]!.overall!.coverage).toBe(3 / 4);
    expect(reports[1]!.overall!.metrics.hitRate).toBe(1);
  });

  test('lift is judged and never served', () => {
    expect(GRID).toContain(LIFT);
    expect(SERVED).not.toContain(LIFT.name);
  });

  test.each([
    ['no customers', [], [], 3],
    ['no items', [[]], [[]], 0],
    ['one customer who starts nothing', [[0]], [[]], 2],
    [
      'everybody has everything',
      [
        [0, 1],
        [0, 1],
      ],
      [[0], [1]],
      2,
    ],
    ['nobody has something', [[], []], [[0], [1]], 2],
  ])('%s: nobody to evaluate on, popularity, and why', async (_, owned, started, columns) => {
    const input = { train: await matrixOfRows(owned, columns), started: await matrixOfRows(started, columns), seed: 1 };
    const report = evaluateSplit({ ...input, groups: 1 });
    expect(report.cases).toBe(0);
    for (const { overall, groups, gain } of report.reports)
      expect([overall, groups, gain]).toEqual([undefined, [{ overall: undefined, gain: undefined }], undefined]);
    const found = verdict(report, report);
    expect(found.model).toEqual(POPULARITY);
    expect(found.reason).toMatch(/^popularity: there is nobody to evaluate on: \d+ customers had too little/);
  });

  test('one customer and one new item, which nobody has, are enough', async () => {
    const input = { train: await matrixOfRows([[0]], 2), started: await matrixOfRows([[1]], 2), seed: 1 };
    const report = evaluateSplit(input);
    expect(report.reports.map(({ overall }) => overall!.metrics.ndcg)).toEqual(report.reports.map(() => 1));
    expect(verdict(report).model).toEqual(POPULARITY);
    expect(verdict(evaluateSplit({ ...input, models: [] })).reason).toBe('popularity: no other model was asked about');
  });
});

const SERVED: readonly string[] = ['cosine', 'rp3beta'];
