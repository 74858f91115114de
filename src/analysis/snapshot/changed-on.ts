import type { RunContext } from '../define.ts';
import { defineDerivation } from '../derivation.ts';
import { heldPairsOf } from './held-sql.ts';
import type { Ownership } from './held-on.ts';
import type { StandingSnapshot } from './snapshot.ts';

/** Products that customers hold, by customer. */
export type HeldBy = ReadonlyMap<string, ReadonlySet<string>>;

/** Pairs that are kept, some 100 bytes each. */
const MANY_PAIRS = 200_000;

const NOBODY: HeldBy = new Map();

/**
 * What the customers hold as of asOf of whom the snapshot does not speak: read by one statement after a write, for whoever
 * asks before the next one. Undefined when that is too much to keep.
 */
export async function changedOnDay(
  { derive, asOf }: Pick<RunContext, 'derive' | 'asOf'>,
  { snapshot, leftOut }: StandingSnapshot,
  ownership: Ownership,
): Promise<HeldBy | undefined> {
  const ids = leftOut();
  if (ids.length === 0) return NOBODY;
  type Asked = { snapshot: string; asOf: string; ownership: Ownership; customers: number };
  const ofChanged = defineDerivation<HeldBy | undefined, Asked>({
    name: 'ownership.changed-on-day',
    reads: ['customer_products'],
    lane: 'fast',
    build: async ({ query, ...kit }, asked) => {
      const { columns, rowCount } = await query(
        heldPairsOf(ids, asked.ownership, { ...kit, asOf: asked.asOf }, MANY_PAIRS + 1),
        MANY_PAIRS + 1,
      );
      return rowCount > MANY_PAIRS ? undefined : heldBy(columns as [string[], string[]]);
    },
    bytes: (held) => [...(held?.values() ?? [])].reduce((sum, products) => sum + 100 * products.size, 100),
  });
  // Customers only join those who changed, so that their number says who they are.
  return derive(ofChanged, { snapshot: snapshot.id, asOf, ownership, customers: ids.length });
}

function heldBy([customers, products]: readonly [readonly string[], readonly string[]]): HeldBy {
  const held = new Map<string, Set<string>>();
  customers.forEach((customer, i) => {
    const known = held.get(customer);
    if (known === undefined) held.set(customer, new Set([products[i]!]));
    else known.add(products[i]!);
  });
  return held;
}
