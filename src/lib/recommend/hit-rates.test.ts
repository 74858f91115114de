import { expect, test } from 'vitest';
import { buildMatrix, type Items } from '../co-occurrence/matrix.ts';
import { COSINE, POPULARITY } from './models.ts';
import { falling, hitRates } from './hit-rates.ts';

const matrixOf = (rows: readonly (readonly number[])[], columns: number) =>
  buildMatrix(
    {
      rows: rows.length,
      columns,
      most: rows.flat().length,
      put: (row: number, items: Items, at: number) => (items.set(rows[row]!, at), at + rows[row]!.length),
    },
    () => undefined,
  );

test('rates fall: a rank that hits more often than the one before shares with it', () => {
  expect([...falling([1, 3, 1], [10, 10, 10])]).toEqual([0.2, 0.2, 0.1]);
  expect([...falling([0, 0, 9], [10, 10, 10])]).toEqual([0.3, 0.3, 0.3]);
  expect([...falling([5, 2], [10, 0])]).toEqual([0.5, 0]);
  expect([...falling([], [])]).toEqual([]);
});

test('how often each rank is started, of all who had something', async () => {
  // Popular is 0, then 1, then 2. Of four customers with something, two start what is first on their list, one the second.
  const train = await matrixOf([[0], [0], [0, 1], [1, 2], []], 3);
  const started = await matrixOf([[0, 1], [0, 2], [0, 1], [0, 1, 2], [0]], 3);
  const rates = hitRates({ model: POPULARITY, train, started, ranks: 2, seed: 1 });
  // Lists: [1,2], [1,2], [2], [0]. Hits at the first rank: 0 (1), 1 (no), 2 (no), 3 (0): 2 of 4. At the second: 1 of 2.
  expect([...rates]).toEqual([0.5, 0.5]);
});

test('of a learned model, of nobody, and of a sample', async () => {
  const train = await matrixOf([[0, 1], [0, 1], [0], [2]], 3);
  const started = await matrixOf([[0, 1], [0, 1], [0, 1], [2]], 3);
  const [first] = hitRates({ model: COSINE, train, started, ranks: 1, seed: 1 });
  expect(first).toBe(1 / 4);
  const nobody = await matrixOf([[], []], 3);
  expect([...hitRates({ model: COSINE, train: nobody, started, ranks: 2, seed: 1 })]).toEqual([0, 0]);
  expect(hitRates({ model: COSINE, train, started, ranks: 1, sample: 1, seed: 1 }).length).toBe(1);
});
