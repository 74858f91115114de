import type { DerivationContext } from '../derivation.ts';
import { sql } from '../../data/sql/sql.ts';

/** How many relationships have a start, and between what their numbers lie. */
export type Extent = {
  readonly rows: number;
  /** Days since 1970-01-01 of starts and ends, 0 among them. */
  readonly days: readonly [number, number];
  /** Values in hundredths, 0 among them. */
  readonly cents: readonly [number, number];
};

type Numbers = [number[], ...(string | null)[][]];

/** Without a condition and without groups, which would cost several times as much. */
export async function readExtent({ query, t }: Pick<DerivationContext, 'query' | 't'>): Promise<Extent> {
  const read = await query(sql`select count(r.start_date) as relationships,
  min(r.start_date) as first_start,
  max(r.start_date) as last_start,
  min(r.end_date) as first_end,
  max(r.end_date) as last_end,
  cast(min(r.value) * 100 as bigint) as least_cents,
  cast(max(r.value) * 100 as bigint) as most_cents
from ${t.customerProducts} r`);
  const [counts, ...ranges] = read.columns as Numbers;
  return {
    rows: counts[0]!,
    days: rangeOf(ranges.slice(0, 4).flat().map(dayNumber)),
    cents: rangeOf(ranges.slice(4).flat().map(Number)),
  };
}

/** Days outside the years 1 to 9999 are not kept. */
function dayNumber(text: string | null): number {
  const day = text === null ? 0 : Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  return Number.isNaN(day) ? 0 : day;
}

function rangeOf(numbers: readonly number[]): [number, number] {
  return numbers.reduce(([least, most], n) => [Math.min(least, n), Math.max(most, n)], [0, 0]);
}
