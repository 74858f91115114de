import type { DerivationContext } from '../../analysis/derivation.ts';
import { sql } from '../../data/sql/sql.ts';

/** How many relationships have a start, and between what their numbers lie. */
export type Extent = {
  readonly rows: number;
  /** Days since 1970-01-01 of starts and ends, 0 among them. */
  readonly days: readonly [number, number];
  /** Values in hundredths, 0 among them. */
  readonly cents: readonly [number, number];
  /** Types whose value is an amount per month. */
  readonly monthly: ReadonlySet<string | null>;
};

type Kinds = [(string | null)[], string[], number[], ...(string | null)[][]];

/** Undefined when there are more types than asked for. */
export async function readExtent(
  { query, t }: Pick<DerivationContext, 'query' | 't'>,
  mostTypes: number,
): Promise<Extent | undefined> {
  const kinds = await query(
    sql`select r.relationship_type, r.value_kind,
  count(*) as relationships,
  min(r.start_date) as first_start,
  max(r.start_date) as last_start,
  min(r.end_date) as first_end,
  max(r.end_date) as last_end,
  cast(min(r.value) * 100 as bigint) as least_cents,
  cast(max(r.value) * 100 as bigint) as most_cents
from ${t.customerProducts} r
where r.start_date is not null
group by r.relationship_type, r.value_kind`,
    mostTypes,
  ).catch(tooMany);
  if (kinds === undefined) return undefined;
  const [types, valueKinds, counts, ...ranges] = kinds.columns as Kinds;
  return {
    rows: counts.reduce((total, count) => total + count, 0),
    days: rangeOf(ranges.slice(0, 4).flat().map(dayNumber)),
    cents: rangeOf(ranges.slice(4).flat().map(Number)),
    monthly: new Set(types.filter((_, i) => valueKinds[i] === 'monthly')),
  };
}

function tooMany(error: unknown): undefined {
  if ((error as { code?: unknown }).code !== 'limit.rows') throw error;
  return undefined;
}

/** Days outside the years 1 to 9999 are not kept. */
function dayNumber(text: string | null): number {
  const day = text === null ? 0 : Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  return Number.isNaN(day) ? 0 : day;
}

function rangeOf(numbers: readonly number[]): [number, number] {
  return numbers.reduce(([least, most], n) => [Math.min(least, n), Math.max(most, n)], [0, 0]);
}
