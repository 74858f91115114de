import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrixOfRows } from '../../../test/matrix-of-rows.ts';
import { itemScores } from './item-scores.ts';
import { rp3beta } from './models.ts';
import { neighbours } from './neighbours.ts';
import { contributions, sharedBy } from './reasons.ts';
import { recommendRows } from './recommend-rows.ts';
import { popularityOrder, scorerOf } from './scorer.ts';

const MODEL = rp3beta(0.7, 0.4);
const world = fc.integer({ min: 1, max: 10 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(fc.nat(columns - 1), { maxLength: 6 }), { minLength: 1, maxLength: 20 }),
    once: fc.array(fc.nat(columns - 1), { maxLength: 3 }),
    eligible: fc.option(fc.array(fc.nat(1), { minLength: columns, maxLength: columns }), { nil: undefined }),
    most: fc.nat(12),
  }),
);

describe('lists', () => {
  test('equal those worked out item by item, reasons too; nothing stays of the customer before', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ columns, rows, once, eligible, most }) => {
        const matrix = await matrixOfRows(rows, columns);
        const excluded = await matrixOfRows(
          rows.map(() => once),
          columns,
        );
        const table = neighbours({ matrix, model: MODEL, most: 4 });
        const mask = eligible === undefined ? undefined : Uint8Array.from(eligible);
        const popular = popularityOrder(matrix);
        const input = { neighbours: table, popular, eligible: mask, most, owned: matrix, excluded };
        const answer = recommendRows({ ...input, from: 0, to: rows.length, reasons: 2 });
        const weightOf = (from: number, to: number) => {
          const at = table.items.subarray(table.offsets[from], table.offsets[from + 1]).indexOf(to);
          return at < 0 ? 0 : table.weights[table.offsets[from]! + at]!;
        };
        const owners = (item: number) => rows.filter((row) => row.includes(item)).length;
        rows.forEach((row, customer) => {
          const owned = [...new Set(row)].toSorted((a, b) => a - b);
          const offered = Array.from({ length: columns }, (_, item) => item).filter(
            (item) => !owned.includes(item) && !once.includes(item) && eligible?.[item] !== 0,
          );
          const score = (item: number) => owned.reduce((sum, one) => sum + weightOf(one, item), 0);
          const sorted = offered.toSorted(
            (a, b) => score(b) - score(a) || (score(a) > 0 ? 0 : owners(b) - owners(a)) || a - b,
          );
          const [from, to] = [answer.offsets[customer]!, answer.offsets[customer + 1]!];
          expect([...answer.items.subarray(from, to)]).toEqual(sorted.slice(0, most));
          expect([...answer.scores.subarray(from, to)]).toEqual(sorted.slice(0, most).map(score));
          const scored = sorted.slice(0, most).filter((item) => score(item) > 0);
          expect(answer.scored[customer]).toBe(scored.length);
          sorted.slice(0, most).forEach((item, i) => {
            const ranked = owned.filter((one) => weightOf(one, item) > 0);
            const reasons = ranked.toSorted((a, b) => weightOf(b, item) - weightOf(a, item) || a - b).slice(0, 2);
            const place = 2 * (from + i);
            const weights = [...answer.reasonWeights.subarray(place, place + 2)];
            expect(weights).toEqual([0, 1].map((r) => (r < reasons.length ? weightOf(reasons[r]!, item) : 0)));
            expect([...answer.reasonItems.subarray(place, place + reasons.length)]).toEqual(reasons);
          });
        });
        for (let item = 0; item < columns; item++) {
          const all = itemScores(table, item, matrix);
          rows.forEach((row, customer) => {
            const owned = [...new Set(row)].toSorted((a, b) => a - b);
            expect(all[customer]).toBe(owned.reduce((sum, one) => sum + weightOf(one, item), 0));
          });
        }
      }),
    );
  });

  test('of popularity: most customers first, then the lower item; nothing is scored', async () => {
    const matrix = await matrixOfRows([[1], [1, 2], [0], [3, 1]], 5);
    const popular = popularityOrder(matrix);
    const ranked = scorerOf({ popular, most: 10 })([]);
    expect([...ranked.items.subarray(0, ranked.count)]).toEqual([1, 0, 2, 3, 4]);
    expect(ranked.scored).toBe(0);
    const { items, reasonItems } = recommendRows({ popular, most: 2, owned: matrix, from: 1, to: 2, reasons: 3 });
    expect([...items]).toEqual([0, 3]);
    expect(reasonItems).toHaveLength(6);
  });

  test('are empty for one who has everything, and full of what is known for one who has nothing', async () => {
    const matrix = await matrixOfRows([[0, 1], [0, 1], []], 2);
    const table = neighbours({ matrix, model: MODEL });
    const input = { neighbours: table, popular: popularityOrder(matrix), most: 5, owned: matrix, from: 0, to: 3 };
    const { offsets, items, scored } = recommendRows(input);
    expect([[...offsets], [...items], [...scored]]).toEqual([
      [0, 0, 0, 2],
      [0, 1],
      [0, 0, 0],
    ]);
  });

  test('chunks are parts of the whole', async () => {
    const rows = [[0, 1], [1, 2], [2, 3], [0, 3], [1]];
    const matrix = await matrixOfRows(rows, 4);
    const input = {
      neighbours: neighbours({ matrix, model: MODEL }),
      popular: popularityOrder(matrix),
      most: 2,
      owned: matrix,
    };
    const whole = recommendRows({ ...input, from: 0, to: 5 });
    const parts = [recommendRows({ ...input, from: 0, to: 2 }), recommendRows({ ...input, from: 2, to: 5 })];
    expect(parts.flatMap(({ items }) => [...items])).toEqual([...whole.items]);
    expect(parts.flatMap(({ scores }) => [...scores])).toEqual([...whole.scores]);
  });

  test('reasons may be asked of any list', async () => {
    const matrix = await matrixOfRows(
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
      3,
    );
    const reasons = { items: new Uint32Array(2), weights: new Float64Array(2), perItem: 1 };
    contributions(neighbours({ matrix, model: MODEL }), 3)([0, 1], [2], reasons, 1);
    expect([reasons.weights[0], reasons.items[1]]).toEqual([0, 0]);
    expect(reasons.weights[1]).toBeGreaterThan(0);
  });
});

test('customers who have all of some items, and another one too, equal a count by hand', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(4), { maxLength: 5 }), { maxLength: 60 }),
      fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 }),
      fc.nat(4),
      async (rows, items, other) => {
        const having = rows.filter((row) => items.every((item) => row.includes(item)));
        const shared = sharedBy(await matrixOfRows(rows, 5), items);
        expect({ customers: shared.customers, withOther: shared.withOther(other) }).toEqual({
          customers: having.length,
          withOther: having.filter((row) => row.includes(other)).length,
        });
      },
    ),
  );
});
