import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrixOfRows } from '../../../test/matrix-of-rows.ts';
import { COSINE, LIFT, type Model, modelTitle, POPULARITY, rp3beta } from './models.ts';
import { joinNeighbours, type Neighbours, neighbours, neighboursUnder } from './neighbours.ts';

type Lists = readonly (readonly (readonly [item: number, weight: number])[])[];

function listsOf({ offsets, items, weights }: Neighbours): Lists {
  return Array.from({ length: offsets.length - 1 }, (_, row) =>
    Array.from(
      items.subarray(offsets[row], offsets[row + 1]),
      (item, i) => [item, weights[offsets[row]! + i]!] as const,
    ),
  );
}

/** The formula as it is written. */
function naive(rows: readonly number[][], columns: number, model: Model, heaviest: number): (number | undefined)[][] {
  const counted = rows.map((row) => [...new Set(row)]).filter((row) => row.length <= heaviest);
  const owners = (item: number) => counted.filter((row) => row.includes(item)).length;
  return Array.from({ length: columns }, (_, i) =>
    Array.from({ length: columns }, (__, j) => {
      const both = counted.filter((row) => i !== j && row.includes(i) && row.includes(j));
      if (both.length === 0 || model.name === 'popularity') return undefined;
      const sum = both.reduce((total, row) => total + row.length ** -model.degree, 0);
      return sum / (owners(i) ** model.from * owners(j) ** model.to);
    }),
  );
}

const MODELS = [POPULARITY, LIFT, COSINE, rp3beta(0.7, 0.4), rp3beta(0.7, 0.6), rp3beta(1, 0.3)];

const world = fc.integer({ min: 1, max: 12 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(fc.nat(columns - 1), { maxLength: 6 }), { maxLength: 30 }),
    cut: fc.nat(columns),
    heaviest: fc.integer({ min: 1, max: 6 }),
    most: fc.integer({ min: 1, max: 12 }),
  }),
);

describe('neighbours', () => {
  test('equal the formula worked out pair by pair, whatever the ranges', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ columns, rows, cut, heaviest, most }) => {
        const matrix = await matrixOfRows(rows, columns);
        const parts = [
          { from: 0, to: cut },
          { from: cut, to: columns },
        ].map((range) => neighboursUnder(matrix, MODELS, { most, heaviest }, range));
        MODELS.forEach((model, m) => {
          const joined = joinNeighbours(parts.map(({ tables }) => tables[m]!));
          const expected = naive(rows, columns, model, heaviest);
          expect(joined.offsets).toHaveLength(columns + 1);
          listsOf(joined).forEach((list, item) => {
            const weights = expected[item]!;
            expect(list).toHaveLength(Math.min(most, weights.filter((weight) => weight !== undefined).length));
            for (const [other, weight] of list) expect(weight).toBeCloseTo(weights[other]!, 5);
            list.slice(1).forEach(([other, weight], i) => {
              const [before, weightBefore] = list[i]!;
              expect(weightBefore > weight || (weightBefore === weight && before < other)).toBe(true);
            });
            const kept = new Set(list.map(([other]) => other));
            const least = list.at(-1)?.[1] ?? 0;
            weights.forEach((weight, other) => {
              if (weight !== undefined && !kept.has(other)) expect(weight).toBeLessThanOrEqual(least + 1e-5);
            });
          });
        });
        expect(parts[0]!.leftOut).toBe(rows.filter((row) => new Set(row).size > heaviest).length);
      }),
    );
  });

  test('of one model are those of several, and are what a thread hands over', async () => {
    const matrix = await matrixOfRows(
      [
        [0, 1],
        [0, 1, 2],
        [1, 2],
        [0, 1, 2, 3],
      ],
      5,
    );
    const { leftOut, ...one } = neighbours({ matrix, model: COSINE, most: 2, heaviest: 3 });
    expect(leftOut).toBe(1);
    expect(listsOf(one)).toEqual([
      [
        [1, Math.fround(2 / Math.sqrt(6))],
        [2, 0.5],
      ],
      [
        [0, Math.fround(2 / Math.sqrt(6))],
        [2, Math.fround(2 / Math.sqrt(6))],
      ],
      [
        [1, Math.fround(2 / Math.sqrt(6))],
        [0, 0.5],
      ],
      [],
      [],
    ]);
    expect(joinNeighbours([one]).items.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test.each([
    ['no customers', [], 3, [[], [], []]],
    ['no items', [[], []], 0, []],
    ['one customer', [[0, 1]], 2, [[[1, 1]], [[0, 1]]]],
    ['one item', [[0], [0]], 1, [[]]],
    [
      'everybody has everything',
      [
        [0, 1],
        [0, 1],
      ],
      2,
      [[[1, 1]], [[0, 1]]],
    ],
  ])('%s', async (_, rows, columns, expected) => {
    expect(listsOf(neighbours({ matrix: await matrixOfRows(rows, columns), model: COSINE }))).toEqual(expected);
  });

  test('grow beyond the first room', async () => {
    const everything = Array.from({ length: 60 }, (_, item) => item);
    const { offsets, items } = neighbours({ matrix: await matrixOfRows([everything], 60), model: rp3beta(1, 0.4) });
    expect([offsets.at(-1), items.length, items[0], items.at(-1)]).toEqual([60 * 59, 60 * 59, 1, 58]);
  });

  test('a model is told in words', () => {
    expect([LIFT, rp3beta(0.7, 0.4)].map(modelTitle)).toEqual(['lift', 'rp3beta (alpha 0.7, beta 0.4)']);
  });
});
