import { isCountedEntry } from '../../../analysis/snapshot/holdings.ts';
import type { RunContext } from '../../../analysis/define.ts';
import { defineDerivation } from '../../../analysis/derivation.ts';
import { centsIn } from '../../../analysis/snapshot/cents-in.ts';
import type { HeldAsked } from '../../../analysis/snapshot/held-on.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { inSteps, turnsOf, type Turns } from '../../../lib/turns.ts';

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
/** Customers between two looks at the clock. */
const STEPS = 2 ** 11;

/**
 * Revenue in cents of each pair of a customer and a product that is held, up to and including the day, also of what has
 * ended; in the order of the matrix's `owners`. Made once for a snapshot, like the matrix.
 */
export function pairRevenue(
  { derive }: Pick<RunContext, 'derive'>,
  snapshot: Snapshot,
  matrix: Matrix,
  asked: HeldAsked,
): Promise<Float64Array> {
  const ofSnapshot = defineDerivation<Float64Array, HeldAsked & { snapshot: string }>({
    name: 'portfolio.pair-revenue',
    reads: [],
    build: (_, { day }) => revenueOf(snapshot, matrix, day, turnsOf(TURN_MS)),
    bytes: ({ byteLength }) => byteLength,
  });
  return derive(ofSnapshot, { snapshot: snapshot.id, day: asked.day, ownership: asked.ownership });
}

async function revenueOf(snapshot: Snapshot, matrix: Matrix, day: number, turn: Turns): Promise<Float64Array> {
  const { offsets, product } = snapshot;
  const { rowOffsets, items, columnOffsets, owners } = matrix;
  const revenue = new Float64Array(owners.length);
  const next = columnOffsets.slice();
  const centsOf = centsIn(snapshot, { from: -Infinity, to: day + 1 });
  const add = (customer: number) => {
    let entry = offsets[customer]!;
    const to = offsets[customer + 1]!;
    for (let at = rowOffsets[customer]!; at < rowOffsets[customer + 1]!; at++) {
      const held = items[at]!;
      while (product[entry]! < held) entry += 1;
      let cents = 0;
      for (; entry < to && product[entry] === held; entry++)
        if (isCountedEntry(snapshot, entry, day)) cents += centsOf(entry);
      revenue[next[held]!++] = cents;
    }
  };
  const some = (first: number, end: number) => {
    for (let customer = first; customer < end; customer++) add(customer);
  };
  await inSteps(snapshot.customers.length, turn, some, STEPS);
  return revenue;
}
