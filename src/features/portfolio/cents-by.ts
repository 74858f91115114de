import type { RunContext } from '../../analysis/define.ts';
import type { Period } from '../../analysis/period.ts';
import { areAllProducts, type Population } from '../../analysis/population.ts';
import { centsIn } from '../../analysis/snapshot/cents-in.ts';
import { dayNumber, isCountedEntry } from '../../analysis/snapshot/holdings.ts';
import { endDay, OPEN, type Snapshot } from '../../analysis/snapshot/shape.ts';
import { inSteps, turnsOf } from '../../lib/turns.ts';
import { wholeSnapshot } from './journeys/whole-snapshot.ts';

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
/** Customers between two looks at the clock. */
const STEPS = 2 ** 11;

/** Cents that an entry brings. */
export type CentsOf = (entry: number) => number;

/** Sums of cents by number; NaN for what has no counted relationship. */
export type CentsBy = { readonly customer: Float64Array; readonly product: Float64Array };

/** The snapshot when all money that is asked about is in it; undefined where SQL has to add it. */
export function moneySnapshot(params: Population, context: RunContext): Snapshot | undefined {
  return areAllProducts(params) ? wholeSnapshot(params, context) : undefined;
}

/** What revenueIn() says of a period. */
export function revenueOf(snapshot: Snapshot, { from, to }: Period): CentsOf {
  return centsIn(snapshot, { from: dayNumber(from), to: dayNumber(to) });
}

/** The amount per month of what is active on a day. */
export function monthlyOn({ start, end, cents, type, isMonthly }: Snapshot, day: string): CentsOf {
  const on = dayNumber(day);
  return (entry) => {
    const isActive = start[entry]! <= on && (end[entry] === OPEN || endDay(end[entry]!) > on);
    return isActive && isMonthly[type[entry]!] ? cents[entry]! : 0;
  };
}

/** Sums over what counts by the day. Undefined where they may be beyond what numbers hold: then SQL adds them. */
export async function centsBy(snapshot: Snapshot, asOf: string, centsOf: CentsOf): Promise<CentsBy | undefined> {
  const { offsets, product, customers, products } = snapshot;
  const ofCustomer = new Float64Array(customers.length).fill(NaN);
  const ofProduct = new Float64Array(products.length).fill(NaN);
  const day = dayNumber(asOf);
  let size = 0;
  const some = (from: number, to: number) => {
    // Its own: V8 makes a new object of a number that functions share, each time it changes.
    let sizeOfSome = 0;
    for (let customer = from; customer < to; customer++) {
      const end = offsets[customer + 1]!;
      let sum = NaN;
      for (let entry = offsets[customer]!; entry < end; entry++) {
        if (!isCountedEntry(snapshot, entry, day)) continue;
        const cents = centsOf(entry);
        const number = product[entry]!;
        const before = ofProduct[number]!;
        sizeOfSome += Math.abs(cents);
        sum = Number.isNaN(sum) ? cents : sum + cents;
        ofProduct[number] = Number.isNaN(before) ? cents : before + cents;
      }
      ofCustomer[customer] = sum;
    }
    size += sizeOfSome;
  };
  await inSteps(customers.length, turnsOf(TURN_MS), some, STEPS);
  return Number.isSafeInteger(size) ? { customer: ofCustomer, product: ofProduct } : undefined;
}
