import type { Rows } from './cases.ts';
import type { Neighbours } from './neighbours.ts';

/** How much each item, where it is owned, gives to the score of one: its weight with that as a neighbour, else 0. */
export function itemWeights({ offsets, items, weights }: Neighbours, item: number): Float64Array {
  const given = new Float64Array(offsets.length - 1);
  for (let other = 0; other < given.length; other++)
    for (let at = offsets[other]!; at < offsets[other + 1]!; at++) if (items[at] === item) given[other] = weights[at]!;
  return given;
}

/** Adds what each owned item gives to the scores of the customers `from` up to, but not including, `to`. */
export function addScores(
  given: Float64Array,
  { rowOffsets, items }: Rows,
  scores: Float64Array,
  [from, to]: readonly [number, number],
): void {
  for (let row = from; row < to; row++)
    for (let at = rowOffsets[row]!; at < rowOffsets[row + 1]!; at++) scores[row]! += given[items[at]!]!;
}

/**
 * The score of one item for every customer: the same sum as a list's. 0 where none of what a customer has leads to it;
 * whether the customer has it already is not asked.
 */
export function itemScores(neighbours: Neighbours, item: number, owned: Rows): Float64Array {
  const scores = new Float64Array(owned.rows);
  addScores(itemWeights(neighbours, item), owned, scores, [0, owned.rows]);
  return scores;
}
