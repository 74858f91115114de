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

export async function activeOn(snapshot: Snapshot, day: number, turn: Turns): Promise<ActiveOn> {
  const [customers, products] = [snapshot.customers.length, snapshot.products.length];
  const sizes = arrayFor(customers, 0, products);
  const offsets = new Uint32Array(products + 1);
  await inSteps(customers, turn, (from, to) =>
    eachActive(snapshot, { day, from, to }, (customer, product) => {
      sizes[customer]! += 1;
      offsets[product + 1]! += 1;
    }),
  );
  for (let product = 0; product < products; product++) offsets[product + 1]! += offsets[product]!;
  const owners = new Uint32Array(offsets[products]!);
  const next = offsets.slice();
  await inSteps(customers, turn, (from, to) =>
    eachActive(snapshot, { day, from, to }, (customer, product) => {
      owners[next[product]!++] = customer;
    }),
  );
  return { sizes, owners, offsets };
}

/** The numbers of the products that a customer has on a day, each once. */
export function activeProducts(snapshot: Snapshot, customer: number, day: number): number[] {
  const products: number[] = [];
  eachActive(snapshot, { day, from: customer, to: customer + 1 }, (_, product) => products.push(product));
  return products;
}

/** Each pair of a customer from `from` to `to` and a product that holds on the day; by customer and product, as the entries are. */
function eachActive(
  snapshot: Snapshot,
  { day, from, to }: { readonly day: number; readonly from: number; readonly to: number },
  tell: (customer: number, product: number) => void,
): void {
  const { offsets, product } = snapshot;
  const asked = { ownership: 'active', day } as const;
  for (let customer = from; customer < to; customer++) {
    let last = -1;
    for (let entry = offsets[customer]!; entry < offsets[customer + 1]!; entry++) {
      if (product[entry] === last || !isOwned(snapshot, entry, asked)) continue;
      last = product[entry]!;
      tell(customer, last);
    }
  }
}
