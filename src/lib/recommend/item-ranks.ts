import type { Rows } from './cases.ts';
import type { Neighbours } from './neighbours.ts';

export type ItemRanksInput = {
  readonly neighbours: Neighbours;
  readonly owned: Rows;
  readonly item: number;
  /** Per item: 1 when it may be offered. */
  readonly eligible: Uint8Array;
};

/**
 * The place of one item in the list of each customer, 1 the first, as a scorer would give it: after all that are not owned,
 * may be offered, and have a higher score, or the same and a lower number. 0 where it is owned or has no score.
 */
export function itemRanks({ neighbours, owned, item, eligible }: ItemRanksInput): Uint32Array {
  const { offsets, items, weights } = neighbours;
  const columns = offsets.length - 1;
  const [sums, met] = [new Float64Array(columns), new Uint32Array(columns)];
  return Uint32Array.from({ length: owned.rows }, (_, row) => {
    const has = owned.items.subarray(owned.rowOffsets[row]!, owned.rowOffsets[row + 1]!);
    let count = 0;
    for (let i = 0; i < has.length; i++)
      for (let at = offsets[has[i]!]!; at < offsets[has[i]! + 1]!; at++) {
        const other = items[at]!;
        if (sums[other] === 0) met[count++] = other;
        sums[other]! += weights[at]!;
      }
    for (let i = 0; i < has.length; i++) sums[has[i]!] = 0;
    const score = sums[item]!;
    let before = 0;
    for (let i = 0; i < count; i++) {
      const other = met[i]!;
      const sum = sums[other]!;
      sums[other] = 0;
      if (eligible[other] === 1 && (sum > score || (sum === score && other < item))) before += 1;
    }
    return score === 0 ? 0 : before + 1;
  });
}
