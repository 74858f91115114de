import { sql, type Sql } from '../data/sql/sql.ts';

/** Parts of a month: so many that a day of a month of 28, 29, 30 or 31 days is a whole number of them. */
export const MONTH_PARTS = 377_580;

/**
 * Parts of months from year 0 to a day: whole months, and the days before the day as a part of its month. The difference of
 * two days in MONTH_PARTS is the months between them. It is a whole number, so that money times months is rounded alike
 * on every engine.
 */
export function monthParts(day: Sql): Sql {
  return sql`((12 * extract(year from ${day}) + extract(month from ${day}) - 1) * 377580
    + (extract(day from ${day}) - 1) * case extract(day from last_day(${day})) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end)`;
}

/** The same of a day that is known. */
export function monthPartsOf(day: string): number {
  const [year, month, dayOfMonth] = day.split('-').map(Number) as [number, number, number];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (12 * year + month - 1) * MONTH_PARTS + (dayOfMonth - 1) * (MONTH_PARTS / length);
}

/** An amount per month in cents, times parts of months, in whole cents; half a cent goes away from zero. */
export function centsOfMonths(cents: Sql, parts: Sql): Sql {
  return sql`cast(round(cast(cast(${cents} as double) * (${parts}) as double) / 377580) as bigint)`;
}
