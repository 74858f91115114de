import { inSteps, type Turns } from '../turns.ts';
import type { Matrix } from './matrix.ts';

/** The group of each column, a number below `groups`, or -1 for none; and which rows count, by number. */
export type Grouping = { readonly groupOf: Int32Array; readonly groups: number; readonly isCounted: Uint8Array };

/** Rows between two looks at the clock. */
const STEPS = 2 ** 11;

/** How many rows have at least one column of each group; others have their turns meanwhile. */
export async function ownersOfGroups(
  { rows, rowOffsets, items }: Pick<Matrix, 'rows' | 'rowOffsets' | 'items'>,
  { groupOf, groups, isCounted }: Grouping,
  turn: Turns,
): Promise<Uint32Array> {
  const owners = new Uint32Array(groups);
  const lastRow = new Int32Array(groups).fill(-1);
  const count = (from: number, to: number) => {
    for (let row = from; row < to; row++) {
      if (isCounted[row] === 0) continue;
      const end = rowOffsets[row + 1]!;
      for (let at = rowOffsets[row]!; at < end; at++) {
        const group = groupOf[items[at]!]!;
        if (group < 0 || lastRow[group] === row) continue;
        lastRow[group] = row;
        owners[group]! += 1;
      }
    }
  };
  await inSteps(rows, turn, count, STEPS);
  return owners;
}
