import type { RunContext } from '../../../analysis/define.ts';
import { heldOnDay } from '../../../analysis/snapshot/held-on.ts';
import { dayNumber } from '../../../analysis/snapshot/holdings.ts';
import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { wholeSnapshot } from '../journeys/whole-snapshot.ts';
import type { Asked } from './members-sql.ts';
import { pairRevenue } from './pair-revenue.ts';
import { NOBODY, readMembers, type Members } from './read-members.ts';

/** Who holds what and is in which segment, in memory. */
export type Held = {
  readonly customers: readonly string[];
  readonly products: readonly string[];
  readonly matrix: Matrix;
  /** Cents of each pair, in the order of the matrix's owners. */
  readonly revenue: Float64Array;
  readonly members: Members;
};

/** Undefined where the relationships in memory are not all that is asked about: then SQL answers. */
export async function heldByMembers(
  params: Asked,
  context: RunContext,
  customerId?: string,
): Promise<Held | undefined> {
  // Filters choose members, who are read by SQL.
  const snapshot = wholeSnapshot({}, context);
  if (snapshot === undefined) return undefined;
  const asked = { day: dayNumber(context.asOf), ownership: params.ownership };
  const matrix = await heldOnDay(context, snapshot, asked);
  const revenue = await pairRevenue(context, snapshot, matrix, asked);
  const { customers, products } = snapshot;
  const members = await readMembers({ customers, matrix }, params, context, customerId);
  return { customers, products, matrix, revenue, members };
}

/** Whether a member holds the product. */
export function isHeld({ matrix: { columnOffsets, owners }, members: { rungOf } }: Held, product: number): boolean {
  if (product < 0) return false;
  return owners
    .subarray(columnOffsets[product]!, columnOffsets[product + 1]!)
    .some((customer) => rungOf[customer] !== NOBODY);
}

/** The numbers of the products that a customer holds. */
export function productsOf(
  { customers, matrix: { rowOffsets, items } }: Held,
  customerId: string,
): ReadonlySet<number> {
  const customer = numberOf(customers, customerId);
  return new Set(customer < 0 ? [] : items.subarray(rowOffsets[customer]!, rowOffsets[customer + 1]!));
}
