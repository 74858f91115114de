import { buildMatrix, bytesOfMatrix, type Items, type Matrix } from '../../lib/co-occurrence/matrix.ts';
import { turnsOf } from '../../lib/turns.ts';
import type { RunContext } from '../define.ts';
import { defineDerivation } from '../derivation.ts';
import { endDay, OPEN, type Snapshot } from './shape.ts';

export type Ownership = 'active' | 'ever';

/** What counts as held: what is active on the day; or what started by then and did not end before it started. */
export type HeldAsked = { readonly day: number; readonly ownership: Ownership };

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/**
 * Who holds which products, each pair once: rows are customers, columns products, with the numbers of the snapshot. Made
 * once for a snapshot: a version of the data would be too narrow, as a snapshot outlives writes.
 */
export function heldOnDay(
  { derive }: Pick<RunContext, 'derive'>,
  snapshot: Snapshot,
  asked: HeldAsked,
): Promise<Matrix> {
  const ofSnapshot = defineDerivation<Matrix, HeldAsked & { snapshot: string }>({
    name: 'ownership.held-on-day',
    reads: [],
    build: (_, { day, ownership }) => heldOn(snapshot, { day, ownership }),
    bytes: bytesOfMatrix,
  });
  return derive(ofSnapshot, { snapshot: snapshot.id, day: asked.day, ownership: asked.ownership });
}

export function heldOn(snapshot: Snapshot, asked: HeldAsked): Promise<Matrix> {
  const size = { rows: snapshot.customers.length, columns: snapshot.products.length, most: snapshot.product.length };
  const put = (customer: number, items: Items, at: number) => putHeld(snapshot, customer, asked, items, at);
  return buildMatrix({ ...size, put }, turnsOf(TURN_MS));
}

/** The numbers of the products that a customer holds, each once, ascending. */
export function heldProducts(snapshot: Snapshot, customer: number, asked: HeldAsked): Items {
  const held = new Uint32Array(snapshot.offsets[customer + 1]! - snapshot.offsets[customer]!);
  return held.subarray(0, putHeld(snapshot, customer, asked, held, 0));
}

/** Puts the products that a customer holds into `held` from `at` on, in order; says where they end. */
export function putHeld(
  snapshot: Snapshot,
  customer: number,
  { day, ownership }: HeldAsked,
  held: Items,
  at: number,
): number {
  const { offsets, product, start, end } = snapshot;
  const to = offsets[customer + 1]!;
  let [next, last] = [at, -1];
  for (let entry = offsets[customer]!; entry < to; entry++) {
    const number = product[entry]!;
    if (number === last || start[entry]! > day) continue;
    // Half-open: what ends on the day is not active on it, and what ends before it starts on no day.
    const least = ownership === 'active' ? day + 1 : start[entry]!;
    if (end[entry] !== OPEN && endDay(end[entry]!) < least) continue;
    held[next++] = number;
    last = number;
  }
  return next;
}
