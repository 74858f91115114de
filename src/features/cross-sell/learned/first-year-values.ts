import { isCountedEntry } from '../../../analysis/snapshot/holdings.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import { medianInPlace } from '../../../lib/stats/median.ts';
import { turnsOf } from '../../../lib/turns.ts';

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
const MONTHS = 12;

/**
 * What a product brings in the first year of a relationship: per product the median over its relationships that count by
 * the day, an amount once as it is, an amount per month twelve times; in currency, NaN for a product without one.
 */
export async function firstYearValues(snapshot: Snapshot, day: number): Promise<Float64Array> {
  const { products, productOffsets, byProduct, cents, type, isMonthly } = snapshot;
  const turn = turnsOf(TURN_MS);
  const medians = new Float64Array(products.length).fill(NaN);
  for (let product = 0; product < products.length; product++) {
    const [from, to] = [productOffsets[product]!, productOffsets[product + 1]!];
    const values = new Float64Array(to - from);
    let count = 0;
    for (let i = from; i < to; i++) {
      const entry = byProduct[i]!;
      if (isCountedEntry(snapshot, entry, day))
        values[count++] = cents[entry]! * (isMonthly[type[entry]!]! ? MONTHS : 1);
    }
    medians[product] = medianInPlace(values.subarray(0, count)) / 100;
    await turn();
  }
  return medians;
}
