import { MONTH_PARTS, monthPartsOf } from '../month-parts.ts';
import { endDay, OPEN, type Snapshot } from './shape.ts';

/** A period [from, to) of days as numbers; -Infinity where it has no beginning. */
export type DayPeriod = { readonly from: number; readonly to: number };

/** What revenueIn() says of an entry that ends no day before it starts, in whole cents: by the same steps, so that both say the same. */
export function centsIn(
  { start, end, cents, type, isMonthly, dayText }: Snapshot,
  { from, to }: DayPeriod,
): (entry: number) => number {
  const known = new Map<number, number>();
  const partsOf = (day: number) => {
    const parts = known.get(day);
    if (parts !== undefined) return parts;
    const found = monthPartsOf(dayText(day));
    known.set(day, found);
    return found;
  };
  return (entry) => {
    const began = start[entry]!;
    if (began >= to) return 0;
    if (!isMonthly[type[entry]!]) return began >= from ? cents[entry]! : 0;
    const ends = end[entry] === OPEN ? Infinity : endDay(end[entry]!);
    if (ends <= from) return 0;
    const parts = partsOf(Math.min(ends, to)) - partsOf(Math.max(began, from));
    const amount = (cents[entry]! * parts) / MONTH_PARTS;
    return Math.sign(amount) * Math.round(Math.abs(amount));
  };
}
