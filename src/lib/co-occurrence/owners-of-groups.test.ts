import { expect, test } from 'vitest';
import fc from '../../../test/fast-check.ts';
import { buildMatrix } from './matrix.ts';
import { ownersOfGroups } from './owners-of-groups.ts';

const now = () => undefined;
const worlds = fc.record({
  rows: fc.array(fc.uniqueArray(fc.nat(9), { maxLength: 6 }).map((row) => row.toSorted((a, b) => a - b))),
  groupOf: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 10, maxLength: 10 }),
  skip: fc.integer({ min: 1, max: 4 }),
});

test('a row has a group when it counts and has one of its columns', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ rows, groupOf, skip }) => {
      const put = (row: number, items: Uint16Array | Uint32Array, at: number) => {
        items.set(rows[row]!, at);
        return at + rows[row]!.length;
      };
      const matrix = await buildMatrix({ rows: rows.length, columns: 10, most: 6 * rows.length, put }, now);
      const isCounted = Uint8Array.from(rows, (_, row) => Number(row % skip === 0));
      const owners = await ownersOfGroups(matrix, { groupOf: Int32Array.from(groupOf), groups: 4, isCounted }, now);
      const having = (group: number) =>
        rows.filter((row, i) => i % skip === 0 && row.some((c) => groupOf[c] === group));
      expect([...owners]).toEqual([0, 1, 2, 3].map((group) => having(group).length));
    }),
  );
});
