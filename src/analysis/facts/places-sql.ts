import { sql, type Sql } from '../../data/sql/sql.ts';
import type { SqlKit } from '../define.ts';
import type { Bounds } from './bounds.ts';

/**
 * One row per customer with what places are made of: rows that are sorted are narrow, and joined with the rest afterwards.
 * Without relationships that count, the value is 0.
 */
export function valued({ t }: Pick<SqlKit, 't'>): Sql {
  return sql`valued as (
  select c.customer_id, c.customer_type, c.region, cast(coalesce(a.value, 0) as bigint) as value,
    cast(coalesce(a.monetary, 0) as bigint) as monetary, coalesce(a.frequency, 0) as frequency, a.last_start
  from ${t.customers} c
  left join activity a on a.customer_id = c.customer_id
),
totals as (
  select count(*) as total,
    count(case when v.frequency > 0 then 1 end) as population,
    coalesce(sum(case when v.value > 0 then v.value end), 0) as positive_value
  from valued v
)`;
}

/**
 * Ranks by value, 1 the highest, and the running sum that tiers are cut from; rows of equal value have the same. The
 * share of those whose value is not higher follows from a rank: total - rank + 1 of total.
 */
export function placed({ rfmFrom }: Bounds): Sql {
  const byValue = sql`order by v.value desc nulls last`;
  const inPopulation = sql`case when v.frequency > 0 then 1 else 0 end`;
  return sql`placed as (
  select v.customer_id, v.value,
    rank() over (${byValue}) as value_rank,
    sum(case when v.value > 0 then v.value else 0 end) over (${byValue} range between unbounded preceding and current row) as value_so_far,
    rank() over (partition by v.customer_type ${byValue}) as value_rank_in_type,
    count(*) over (partition by v.customer_type) as total_in_type,
    rank() over (partition by v.region ${byValue}) as value_rank_in_region,
    count(*) over (partition by v.region) as total_in_region,
    ${rfmFrom === undefined ? sql`1` : sql`rank() over (partition by ${inPopulation} order by v.monetary desc nulls last)`} as monetary_rank
  from valued v
)`;
}

/** All of a customer, with the scores of recency, frequency and monetary: ceil(5 * cume_dist) among those with a start in the RFM months. */
export function scored({ rfmFrom }: Bounds): Sql {
  // From the beginning on, monetary is value, and all outside the population have the value 0.
  const upToMonetary =
    rfmFrom === undefined
      ? sql`t.total - p.value_rank + 1 - case when p.value >= 0 then t.total - t.population else 0 end`
      : sql`t.population - p.monetary_rank + 1`;
  return sql`${upTo('recency', sql`v.last_start`)},
${upTo('frequencies', sql`v.frequency`)},
scored as (
  select p.customer_id, a.first_start, a.last_start,
    coalesce(a.relationships, 0) as relationships, coalesce(a.active_relationships, 0) as active_relationships,
    coalesce(a.products, 0) as products, coalesce(a.active_products, 0) as active_products,
    coalesce(a.categories, 0) as categories, coalesce(a.active_categories, 0) as active_categories,
    coalesce(a.frequency, 0) as frequency,
    p.value, coalesce(a.value_12_months, 0) as value_12_months,
    coalesce(a.value_monthly, 0) as value_monthly, coalesce(a.monetary, 0) as monetary,
    a.subscribes, a.next_start, a.previous_activity, p.value_rank, p.value_so_far,
    p.value_rank_in_type, p.total_in_type, p.value_rank_in_region, p.total_in_region, t.total, t.positive_value,
    ${score(sql`r.customers`)} as recency_score,
    ${score(sql`f.customers`)} as frequency_score,
    ${score(sql`case when a.frequency > 0 then ${upToMonetary} end`)} as monetary_score
  from placed p
  left join activity a on a.customer_id = p.customer_id
  cross join totals t
  left join recency r on r.measure = case when a.frequency > 0 then a.last_start end
  left join frequencies f on f.measure = case when a.frequency > 0 then a.frequency end
)`;
}

/** How many of the population are at or below each value of a measure that has few. */
function upTo(name: 'recency' | 'frequencies', measure: Sql): Sql {
  const table = name === 'recency' ? sql`recency` : sql`frequencies`;
  return sql`${table} as (
  select m.measure, sum(m.customers) over (order by m.measure nulls last range between unbounded preceding and current row) as customers
  from (select ${measure} as measure, count(*) as customers from valued v where v.frequency > 0 group by ${measure}) m
)`;
}

function score(upTo: Sql): Sql {
  return sql`cast(ceil(cast(5 * (${upTo}) as double) / nullif(t.population, 0)) as integer)`;
}
