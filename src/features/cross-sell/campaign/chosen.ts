import { bestOf, offer, sortBest, type Best } from '../../../lib/recommend/best.ts';
import { inSteps, turnsOf } from '../../../lib/turns.ts';
import type { Candidates } from './candidates.ts';

export type Capacity = { readonly capacity: number; readonly capacityPer?: number };

/** Longest stretch of work before others get their turn, and candidates between two looks at the clock. */
const TURN_MS = 4;
const STEP = 2 ** 12;

/** Places of the candidates who are listed, the highest score first, then the lower row: so many of a group, so many in all. */
export async function chosen(
  candidates: Candidates,
  scores: Float64Array,
  { capacity, capacityPer = capacity }: Capacity,
): Promise<Uint32Array> {
  const { rows, groupOf, groups } = candidates;
  const sizes = new Uint32Array(groups.length);
  for (const group of groupOf) sizes[group]! += 1;
  const ofGroups = Array.from(sizes, (size) => bestOf(Math.min(size, capacity, capacityPer)));
  await offerAll(rows.length, (place) => offer(ofGroups[groupOf[place]!]!, place, scores[rows[place]!]!));
  const first = ofGroups.length === 1 ? ofGroups[0]! : await firstOf(ofGroups, capacity);
  sortBest(first);
  return first.items.subarray(0, first.count);
}

async function firstOf(parts: readonly Best[], capacity: number): Promise<Best> {
  const all = bestOf(
    Math.min(
      capacity,
      parts.reduce((sum, { count }) => sum + count, 0),
    ),
  );
  for (const { items, scores, count } of parts) await offerAll(count, (i) => offer(all, items[i]!, scores[i]!));
  return all;
}

function offerAll(count: number, give: (i: number) => void): Promise<void> {
  const giveSome = (from: number, to: number) => {
    for (let i = from; i < to; i++) give(i);
  };
  return inSteps(count, turnsOf(TURN_MS), giveSome, STEP);
}
