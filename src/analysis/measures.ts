import { date, sql, type Sql } from '../data/sql/sql.ts';
import { centsOfMonths, monthParts, monthPartsOf } from './month-parts.ts';
import type { Period } from './period.ts';

/*
 * What of a relationship `r` counts as of a day, and how much. `r` is a row of customer_products with start_date,
 * end_date, value and value_kind.
 */

/** Started by the day, and did not end before it started. */
export function isCounted(asOf: string): Sql {
  return sql`(r.start_date <= ${date(asOf)} and (r.end_date is null or r.end_date >= r.start_date))`;
}

/** Holds on the day: started, and not yet ended (half-open, so that an end before the start is active on no day). */
export function isActiveOn(day: string): Sql {
  return sql`(r.start_date <= ${date(day)} and (r.end_date is null or r.end_date > ${date(day)}))`;
}

/** Started in the period, and did not end before it started. */
export function startsIn({ from, to }: Period): Sql {
  return sql`(r.start_date >= ${date(from)} and r.start_date < ${date(to)} and (r.end_date is null or r.end_date >= r.start_date))`;
}

/**
 * Revenue of a relationship in a period, decimal: its value when it is an amount on a start date within the period; the
 * months of the period in which it is active, times its value, rounded to cents, when it is an amount per month; 0 else.
 */
export function revenueIn({ from, to }: Period): Sql {
  const isBefore = sql`r.start_date < ${date(from)}`;
  const isWithin = sql`r.end_date < ${date(to)}`;
  // The ends of the period are constants: taken apart once, and not for each relationship.
  const begins = sql`case when ${isBefore} then ${monthPartsOf(from)} else ${monthParts(sql`r.start_date`)} end`;
  const ends = sql`case when ${isWithin} then ${monthParts(sql`r.end_date`)} else ${monthPartsOf(to)} end`;
  const cents = centsOfMonths(sql`coalesce(r.value, 0) * 100`, sql`${ends} - ${begins}`);
  // value_kind says once or monthly, and is read once: it is an expression over texts.
  return sql`case
    when r.start_date is null or r.start_date >= ${date(to)} or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= ${date(from)} then coalesce(r.value, 0) else 0 end
    when r.end_date <= ${date(from)} then 0
    else cast(${cents} as decimal(18, 0)) * 0.01 end`;
}
