import { date, sql, type Sql } from '../data/sql/sql.ts';
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
 * Months from year 0 to a day, a double: whole months, and the days before the day as a part of its month. The
 * difference of two is the months between them, and the sum over parts of a period is that of the whole.
 */
export function monthNumber(day: Sql): Sql {
  return sql`(12 * extract(year from ${day}) + extract(month from ${day}) - 1 + cast(extract(day from ${day}) - 1 as double) / nullif(extract(day from last_day(${day})), 0))`;
}

/**
 * Revenue of a relationship in a period, decimal: its value when it is an amount on a start date within the period; the
 * months of the period in which it is active, times its value, rounded to cents, when it is an amount per month; 0 else.
 */
export function revenueIn({ from, to }: Period): Sql {
  const isBefore = sql`r.start_date < ${date(from)}`;
  const isWithin = sql`r.end_date < ${date(to)}`;
  const begins = sql`(case when ${isBefore} then ${date(from)} else r.start_date end)`;
  const ends = sql`(case when ${isWithin} then r.end_date else ${date(to)} end)`;
  // The ends of the period are constants: taken apart once, and not for each relationship.
  const firstMonth = sql`case when ${isBefore} then ${monthNumber(date(from))} else ${monthNumber(sql`r.start_date`)} end`;
  const lastMonth = sql`case when ${isWithin} then ${monthNumber(sql`r.end_date`)} else ${monthNumber(date(to))} end`;
  const months = sql`(${lastMonth} - ${firstMonth})`;
  // value_kind says once or monthly, and is read once: it is an expression over texts.
  return sql`case
    when r.start_date is null or r.start_date >= ${date(to)} or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= ${date(from)} then coalesce(r.value, 0) else 0 end
    when ${begins} < ${ends} then cast(round(cast(coalesce(r.value, 0) as double) * ${months}, 2) as decimal(18, 2))
    else 0 end`;
}
