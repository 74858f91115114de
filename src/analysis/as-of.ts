import { date, sql } from '../data/sql/sql.ts';
import { dayOf } from '../lib/calendar.ts';
import { defineDerivation } from './derivation.ts';

export type NewestStart = { readonly asOf: string; readonly laterStarts: number };

/**
 * The day that answers are about when the client names none: the newest start_date that is not after `today`; `today`
 * itself when there is none. `laterStarts` counts the relationships that start after today.
 */
export const newestStart = defineDerivation<NewestStart, { today: string }>({
  name: 'data.newest-start',
  reads: ['customer_products'],
  lane: 'fast',
  build: async ({ query, t }, { today }) => {
    const rows = await query(sql`
select
  max(case when r.start_date <= ${date(today)} then r.start_date end) as newest,
  count(case when r.start_date > ${date(today)} then 1 end) as later_starts
from ${t.customerProducts} r`);
    const [newest, later] = rows.columns.map((column) => column[0]);
    return { asOf: (newest as string | null) ?? today, laterStarts: Number(later) };
  },
  bytes: () => 100,
});

export function today(clock: () => Date): { today: string } {
  return { today: dayOf(clock()) };
}

/** Relationships that are in no figure as of a day. */
export type LeftOut = { readonly withoutStart: number; readonly endsBeforeStart: number; readonly startsLater: number };

export const leftOut = defineDerivation<LeftOut, { asOf: string }>({
  name: 'data.left-out',
  reads: ['customer_products'],
  build: async ({ query, t }, { asOf }) => {
    const rows = await query(sql`
select
  count(case when r.start_date is null then 1 end) as without_start,
  count(case when r.end_date < r.start_date then 1 end) as ends_before_start,
  count(case when r.start_date > ${date(asOf)} and (r.end_date is null or r.end_date >= r.start_date) then 1 end) as starts_later
from ${t.customerProducts} r`);
    const [withoutStart, endsBeforeStart, startsLater] = rows.columns.map((column) => Number(column[0]));
    return { withoutStart: withoutStart!, endsBeforeStart: endsBeforeStart!, startsLater: startsLater! };
  },
  bytes: () => 100,
});

/** One sentence for each reason why relationships are left out. */
export function sayLeftOut({ withoutStart, endsBeforeStart, startsLater }: LeftOut, asOf: string): string[] {
  const said = [
    [withoutStart, 'without start_date'],
    [endsBeforeStart, 'that end before they start'],
    [startsLater, `that start after ${asOf}`],
  ] as const;
  return said.flatMap(([count, what]) =>
    count === 0 ? [] : [`relationships ${what}, which no figure counts: ${count}`],
  );
}
