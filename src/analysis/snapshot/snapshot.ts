import type { RunContext } from '../define.ts';
import { defineDerivation } from '../derivation.ts';
import { buildSnapshot } from './build.ts';
import type { Snapshot } from './shape.ts';

/** Undefined when there are more relationships than SNAPSHOT_MAX_ROWS, or more types than fit: then SQL answers. */
export const ownershipSnapshot = defineDerivation<Snapshot | undefined>({
  name: 'ownership.snapshot',
  reads: ['customer_products'],
  build: buildSnapshot,
  bytes: (snapshot) => (snapshot === undefined ? 0 : bytesOf(snapshot)),
});

/** The snapshot as it may be used now. */
export type StandingSnapshot = {
  readonly snapshot: Snapshot;
  /** Customers of whom it does not speak: they changed since it was built, or cannot be in it. */
  readonly leftOut: () => readonly string[];
  isLeftOut(customerId: string): boolean;
};

export function standingSnapshot(context: Pick<RunContext, 'standing'>): StandingSnapshot | undefined {
  const standing = context.standing(ownershipSnapshot);
  if (standing?.value === undefined) return undefined;
  const { value: snapshot, changed } = standing;
  return {
    snapshot,
    leftOut: () => [...new Set([...changed, ...snapshot.unsure])],
    isLeftOut: (id) => changed.has(id) || snapshot.unsure.has(id),
  };
}

/** The arrays, and some 40 bytes for each id. */
function bytesOf({ customers, products, offsets, product, type, start, end, cents, ...by }: Snapshot): number {
  const arrays = [offsets, product, type, start, end, cents, by.byProduct, by.productOffsets];
  const ids = customers.length + products.length;
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0) + ids * 40;
}
