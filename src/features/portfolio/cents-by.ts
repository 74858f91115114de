import { centsIn, type DayPeriod } from '../../analysis/snapshot/cents-in.ts';
import type { Snapshot } from '../../analysis/snapshot/shape.ts';
import { inSteps, type Turns } from '../../lib/turns.ts';
import { isCountedEntry } from './journeys/whole-snapshot.ts';

/** Customers between two looks at the clock. */
const STEPS = 2 ** 11;

/** Revenue of a period in cents, by number; NaN for what has no counted relationship. */
export type CentsBy = { readonly customer: Float64Array; readonly product: Float64Array };

/** Undefined where sums may be beyond what numbers hold: then SQL answers. */
export async function centsBy(
  snapshot: Snapshot,
  asOf: number,
  period: DayPeriod,
  turn: Turns,
): Promise<CentsBy | undefined> {
  const { offsets, product, customers, products } = snapshot;
  const sums = { customer: new Float64Array(customers.length), product: new Float64Array(products.length).fill(NaN) };
  const centsOf = centsIn(snapshot, period);
  let size = 0;
  const add = (customer: number) => {
    let [sum, counted] = [0, 0];
    for (let entry = offsets[customer]!; entry < offsets[customer + 1]!; entry++) {
      if (!isCountedEntry(snapshot, entry, asOf)) continue;
      const [cents, number] = [centsOf(entry), product[entry]!];
      sum += cents;
      counted += 1;
      size += Math.abs(cents);
      sums.product[number] = Number.isNaN(sums.product[number]) ? cents : sums.product[number]! + cents;
    }
    sums.customer[customer] = counted === 0 ? NaN : sum;
  };
  const some = (from: number, to: number) => {
    for (let customer = from; customer < to; customer++) add(customer);
  };
  await inSteps(customers.length, turn, some, STEPS);
  return Number.isSafeInteger(size) ? sums : undefined;
}
