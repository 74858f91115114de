import { date, sql, type Sql } from '../../data/sql/sql.ts';
import type { Bounds } from './bounds.ts';
import type { FactsOptions } from './model.ts';

/**
 * Where a customer stands. Activity is a start, or being active per month; the window is the dormant days up to asOf.
 * Without activity in it one is dormant or has churned; with a gap of more than the dormant days before the first start
 * in it one is resurrected. A subscription that reaches into the window leaves no gap.
 */
export function lifecycle({ dormantDays }: Pick<FactsOptions, 'dormantDays'>, bounds: Bounds): Sql {
  return sql`case
    when s.relationships = 0 then 'none'
    when s.first_start >= ${date(bounds.newFrom)} then 'new'
    when s.next_start is null and s.subscribes = 0 then
      case when s.previous_activity >= ${date(bounds.churnedFrom)} then 'dormant' else 'churned' end
    when datediff('day', s.previous_activity, s.next_start) > ${dormantDays} then 'resurrected'
    else 'returning' end`;
}

/** ABC by the running sum of value from the highest on, as a share of all that is positive; equal values share the worse tier. */
export function tier({ tierA, tierB }: Pick<FactsOptions, 'tierA' | 'tierB'>): Sql {
  const soFar = sql`cast(s.value_so_far as double) / nullif(cast(s.positive_value as double), 0)`;
  return sql`case when s.value <= 0 then 'C'
    when ${soFar} <= ${tierA} then 'A'
    when ${soFar} <= ${tierB} then 'B'
    else 'C' end`;
}
