import { expect, test } from 'vitest';
import fc from '../../../test/fast-check.ts';
import { matrixOfRows } from '../../../test/matrix-of-rows.ts';
import { weighPairs } from './count-pairs.ts';
import { degreeWeights } from './degree-weights.ts';
import { LANES, weighPairsTogether } from './weigh-together.ts';

/** Few columns with long rows, or many with short ones: sums are emptied in two ways. */
const world = fc.integer({ min: 1, max: 60 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.uniqueArray(fc.nat(columns - 1), { maxLength: 8 }), { maxLength: 40 }),
    alphas: fc.array(fc.constantFrom(0, 0.5, 0.7, 1, 2), { minLength: 1, maxLength: LANES }),
    most: fc.integer({ min: 1, max: 8 }),
    cut: fc.nat(columns),
  }),
);

test('each set of weights has the sums that it has alone, to the last digit, whatever the range', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ rows, columns, alphas, most, cut }) => {
      const matrix = await matrixOfRows(rows, columns);
      const weights = alphas.map((alpha) => degreeWeights(matrix, alpha, most).weights);
      const range = { from: Math.min(cut, columns), to: columns };
      const together: (readonly [string, number])[] = [];
      weighPairsTogether(matrix, weights, range, (a, b, sums, at) => {
        for (let lane = 0; lane < weights.length; lane++) together.push([`${lane}: ${a} ${b}`, sums[at + lane]!]);
      });
      const alone: (readonly [string, number])[] = [];
      weights.forEach((own, lane) =>
        weighPairs(matrix, own, range, (a, b, sum) => alone.push([`${lane}: ${a} ${b}`, sum])),
      );
      expect(together).toHaveLength(alone.length);
      expect(new Map(together)).toEqual(new Map(alone));
    }),
  );
});
