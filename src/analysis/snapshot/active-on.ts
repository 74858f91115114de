import { inSteps, turnsOf, type Turns } from '../../lib/turns.ts';
import type { RunContext } from '../define.ts';
import { defineDerivation } from '../derivation.ts';
import { isOwned } from './holdings.ts';
import type { Snapshot } from './shape.ts';
import { arrayFor, type Whole } from './whole.ts';

/** Who has which products on one day, each pair once. Customers and products have the numbers of the snapshot. */
export type ActiveOn = {
  /** Products of each customer. */
  readonly sizes: Whole;
  /** Customers with product p, in order, are `owners[i]` with i from `offsets[p]` to `offsets[p + 1]`. */
  readonly owners: Uint32Array;
  readonly offsets: Uint32Array;
};

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
/** Customers between two looks at the clock. */
const STEPS = 2 ** 11;

/** What holds on a day, made once for a snapshot: a version of the data would be too narrow, as a snapshot outlives writes. */
export function activeOnDay(
  { derive }: Pick<RunContext, 'derive'>,
  snapshot: Snapshot,
  day: number,
): Promise<ActiveOn> {
  const ofSnapshot = defineDerivation<ActiveOn, { snapshot: string; day: number }>({
    name: 'ownership.active-on-day',
    reads: [],
    build: (_, asked) => activeOn(snapshot, asked.day, turnsOf(TURN_MS)),
    bytes: ({ sizes, owners, offsets }) => sizes.byteLength + owners.byteLength + offsets.byteLength,
  });
  return derive(ofSnapshot, { snapshot: snapshot.id, day });
}

async function activeOn(snapshot: Snapshot, day: number, turn: Turns): Promise<ActiveOn> {
  const [customers, products] = [snapshot.customers.length, snapshot.products.length];
  const sizes = arrayFor(customers, 0, products);
  const offsets = new Uint32Array(products + 1);
  // The products of one customer after the other.
  const held = arrayFor(snapshot.product.length, 0, products);
  const count = (from: number, to: number, start: number) => {
    let at = start;
    for (let customer = from; customer < to; customer++) {
      const end = putActive(snapshot, customer, day, held, at);
      sizes[customer] = end - at;
      for (; at < end; at++) offsets[held[at]! + 1]! += 1;
    }
    return at;
  };
  let counted = 0;
  await inSteps(customers, turn, (from, to) => void (counted = count(from, to, counted)), STEPS);
  for (let product = 0; product < products; product++) offsets[product + 1]! += offsets[product]!;
  return { sizes, offsets, owners: await ownersOf({ sizes, offsets, held }, turn) };
}

async function ownersOf(
  { sizes, offsets, held }: { readonly sizes: Whole; readonly offsets: Uint32Array; readonly held: Whole },
  turn: Turns,
): Promise<Uint32Array> {
  const owners = new Uint32Array(offsets.at(-1)!);
  const next = offsets.slice();
  const place = (from: number, to: number, start: number) => {
    let at = start;
    for (let customer = from; customer < to; customer++)
      for (const end = at + sizes[customer]!; at < end; at++) owners[next[held[at]!]!++] = customer;
    return at;
  };
  let placed = 0;
  await inSteps(sizes.length, turn, (from, to) => void (placed = place(from, to, placed)), STEPS);
  return owners;
}

/** The numbers of the products that a customer has on a day, each once. */
export function activeProducts(snapshot: Snapshot, customer: number, day: number): Whole {
  const entries = snapshot.offsets[customer + 1]! - snapshot.offsets[customer]!;
  const held = arrayFor(entries, 0, snapshot.products.length);
  return held.subarray(0, putActive(snapshot, customer, day, held, 0));
}

/** Puts the products that a customer has on a day into `held` from `at` on, in order; says where they end. */
function putActive(snapshot: Snapshot, customer: number, day: number, held: Whole, at: number): number {
  const { offsets, product } = snapshot;
  const asked = { ownership: 'active', day } as const;
  const to = offsets[customer + 1]!;
  let [next, last] = [at, -1];
  for (let entry = offsets[customer]!; entry < to; entry++) {
    const number = product[entry]!;
    if (number === last || !isOwned(snapshot, entry, asked)) continue;
    held[next++] = number;
    last = number;
  }
  return next;
}
