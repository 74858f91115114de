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
