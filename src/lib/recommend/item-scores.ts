import type { Rows } from './cases.ts';
import type { Neighbours } from './neighbours.ts';

/**
 * The score of one item for every customer: the same sum as a list's. 0 where none of what a customer has leads to it;
 * whether the customer has it already is not asked.
 */
export function itemScores({ offsets, items, weights }: Neighbours, item: number, owned: Rows): Float64Array {
  const given = new Float64Array(offsets.length - 1);
  for (let other = 0; other < given.length; other++)
    for (let at = offsets[other]!; at < offsets[other + 1]!; at++) if (items[at] === item) given[other] = weights[at]!;
  const scores = new Float64Array(owned.rows);
  for (let row = 0; row < owned.rows; row++)
    for (let at = owned.rowOffsets[row]!; at < owned.rowOffsets[row + 1]!; at++)
      scores[row]! += given[owned.items[at]!]!;
  return scores;
}
