import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matrixOfRows } from '../../../test/matrix-of-rows.ts';
import { itemRanks } from './item-ranks.ts';
import { COSINE } from './models.ts';
import { neighbours } from './neighbours.ts';
import { popularityOrder, scorerOf } from './scorer.ts';

const world = fc.integer({ min: 1, max: 8 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(fc.nat(columns - 1), { maxLength: 5 }), { minLength: 1, maxLength: 15 }),
    eligible: fc.array(fc.nat(1), { minLength: columns, maxLength: columns }),
    item: fc.nat(columns - 1),
  }),
);

test('the place of an item is that in the list of each customer; nothing stays of the customer before', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ columns, rows, eligible: mask, item }) => {
      const eligible = Uint8Array.from(mask).fill(1, item, item + 1);
      const owned = await matrixOfRows(rows, columns);
      const table = neighbours({ matrix: owned, model: COSINE, most: 3 });
      const scorer = scorerOf({ neighbours: table, popular: popularityOrder(owned), eligible, most: columns });
      const ranks = itemRanks({ neighbours: table, owned, item, eligible });
      rows.forEach((_, row) => {
        const list = scorer(owned.items.subarray(owned.rowOffsets[row]!, owned.rowOffsets[row + 1]!));
        const place = list.items.subarray(0, list.scored).indexOf(item);
        expect(ranks[row]).toBe(place + 1);
      });
    }),
  );
});
