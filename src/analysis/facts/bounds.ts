import { addDays, dayAfter, monthsBefore } from '../period.ts';
import type { FactsOptions } from './model.ts';

const FIRST_DAY = '0001-01-01';

/** The days that divide what the facts of customers are about. */
export type Bounds = ReturnType<typeof boundsOf>;

/** Each is the first day of something that reaches up to and including asOf; never before the year 1. */
export function boundsOf(
  { newDays, dormantDays, churnedDays, rfmMonths }: Omit<FactsOptions, 'tierA' | 'tierB'>,
  asOf: string,
) {
  const end = dayAfter(asOf);
  return {
    end,
    yearFrom: monthsEarlier(end, 12),
    /** Undefined: from the beginning. */
    rfmFrom: rfmMonths === null ? undefined : monthsEarlier(end, rfmMonths),
    newFrom: daysEarlier(end, newDays),
    dormantFrom: daysEarlier(end, dormantDays),
    churnedFrom: daysEarlier(end, churnedDays),
  };
}

function daysEarlier(day: string, days: number): string {
  const isBefore = Date.parse(day) - days * 86_400_000 < Date.parse(FIRST_DAY);
  return isBefore ? FIRST_DAY : addDays(day, -days);
}

function monthsEarlier(day: string, months: number): string {
  // Years before 100 are those of the last century to Date.UTC.
  return 12 * Number(day.slice(0, 4)) - months < 12 * 101 ? FIRST_DAY : monthsBefore(day, months);
}
