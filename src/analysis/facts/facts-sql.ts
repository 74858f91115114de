/*
 *   customer_products ── numbered, counted, priced ── activity: one row per customer with relationships
 *   customers ── valued: one row per customer ── placed: ranks by value ── scored: RFM ── names, money in its unit
 */
import { date, sql, type Sql } from '../../data/sql/sql.ts';
import type { SqlKit } from '../define.ts';
import { activity } from './activity-sql.ts';
import { boundsOf } from './bounds.ts';
import { lifecycle, tier } from './classes-sql.ts';
import { requireFactsOptions, type FactsOptions } from './model.ts';
import { placed, scored, valued } from './places-sql.ts';
import { rfmCase } from './rfm-table.ts';

/**
 * The facts of customers as of a day: one row per row of customers, with the columns of `FactsRow` in snake_case, in no
 * order. Money is decimal in the currency of the data. RFM scores are ceil(5 * cume_dist), so that equal values share one;
 * the definitions of all columns are in docs/metrics/customer-profile.md. Throws request.invalid for options that disagree.
 */
export function customerFacts(options: FactsOptions, kit: Pick<SqlKit, 't' | 'd' | 'asOf' | 'saved'>): Sql {
  const bounds = boundsOf(requireFactsOptions(options), kit.asOf);
  return sql`with ${activity(kit, bounds)},
${valued(kit)},
${placed(bounds)},
${scored(bounds)}
select s.customer_id, s.first_start, s.last_start, s.relationships, s.active_relationships, s.products, s.active_products,
  s.categories, s.active_categories,
  ${money(sql`s.value`)} as value, ${money(sql`s.value_12_months`)} as value12_months, ${money(sql`s.value_monthly`)} as value_monthly,
  s.value_rank, s.value_rank_in_type, s.value_rank_in_region,
  ${shareUpTo(sql`s.value_rank`, sql`s.total`)} as value_percentile,
  ${shareUpTo(sql`s.value_rank_in_type`, sql`s.total_in_type`)} as value_percentile_in_type,
  ${shareUpTo(sql`s.value_rank_in_region`, sql`s.total_in_region`)} as value_percentile_in_region,
  datediff('day', s.last_start, ${date(kit.asOf)}) as recency_days, s.frequency, ${money(sql`s.monetary`)} as monetary,
  s.recency_score, s.frequency_score, s.monetary_score, ${rfmCase(kit.saved.rfmTable)} as rfm_segment,
  ${lifecycle(options, bounds)} as lifecycle,
  ${tier(options)} as tier
from scored s`;
}

/** Cents as the amount that they are. */
function money(cents: Sql): Sql {
  return sql`cast(${cents} as decimal(30, 0)) * 0.01`;
}

/** The share of `total` whose value is not higher, of a rank with the highest first. */
function shareUpTo(rank: Sql, total: Sql): Sql {
  return sql`cast(${total} - ${rank} + 1 as double) / nullif(${total}, 0)`;
}
