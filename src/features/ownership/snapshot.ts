import { defineDerivation } from '../../analysis/derivation.ts';
import { dayText } from '../../lib/calendar.ts';
import type { HeldRelationship } from './service.ts';
import { buildSnapshot, NEVER, type Snapshot } from './snapshot-build.ts';

/** Undefined when there are more relationships than SNAPSHOT_MAX_ROWS, or more types than fit: then SQL answers. */
export const ownershipSnapshot = defineDerivation<Snapshot | undefined>({
  name: 'ownership.snapshot',
  reads: ['customer_products'],
  build: buildSnapshot,
  bytes: (snapshot) => (snapshot === undefined ? 0 : bytesOf(snapshot)),
});

/** The relationships of a customer that have a start; none for a customer that the snapshot does not know. */
export function heldBy(snapshot: Snapshot, customerId: string): HeldRelationship[] {
  const c = snapshot.customers.get(customerId);
  if (c === undefined) return [];
  const held: HeldRelationship[] = [];
  for (let at = snapshot.offsets[c]!; at < snapshot.offsets[c + 1]!; at++) {
    const type = snapshot.type[at]!;
    const end = snapshot.end[at]!;
    held.push({
      productId: snapshot.products[snapshot.product[at]!]!,
      relationshipId: null,
      relationshipType: snapshot.types[type]!,
      startDate: dayText(snapshot.start[at]!),
      endDate: end === NEVER ? null : dayText(end),
      value: snapshot.cents[at]! / 100,
      valueKind: snapshot.monthly[type] ? 'monthly' : 'once',
    });
  }
  return held;
}

/** The arrays, and some 100 bytes for each customer's id and number. */
function bytesOf({ customers, offsets, product, type, start, end, cents }: Snapshot): number {
  const arrays = [offsets, product, type, start, end, cents].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return arrays + customers.size * 100;
}
