/*
 *   eligible customers ── members: segment, products held ── levels: customers by number of products, and h, their share of
 *                                    │                               those with as many or more
 *   relationships ── pairs held ── owned ── medians
 *                                      └─── steps: owners by number of products ── likely: sum of P over the gap
 */
import type { SqlKit } from '../../../analysis/define.ts';
import { isActiveOn, isCounted, revenueIn } from '../../../analysis/measures.ts';
import { dayAfter } from '../../../analysis/period.ts';
import { isCustomerAsked, isProductAsked } from '../../../analysis/population.ts';
import { nothing, sql, trusted, type Sql } from '../../../data/sql/sql.ts';
import { isHeld } from '../scope.ts';
import { segmentMembers, type Asked } from './members-sql.ts';
import { productsOnSale } from './products-sql.ts';

/** The first day that every calendar knows. */
const FIRST_DAY = '0001-01-01';
const UP_TO_EQUALS = trusted('range between unbounded preceding and current row');

/**
 * CTEs: `members`, one row per eligible customer (segment, its number, products held), and `owned`, one row per member and
 * product that is asked about and held: the member's segment and number of products, and the revenue so far in cents.
 */
export function ownedByMembers(params: Asked, kit: SqlKit): Sql {
  const { product: _, ...ofCustomers } = params;
  const revenue = revenueIn({ from: FIRST_DAY, to: dayAfter(kit.asOf) });
  // Whole numbers of cents in double: their sum is exact, and takes half the room of a decimal one.
  const held =
    params.ownership === 'active'
      ? sql`\n  having max(case when ${isActiveOn(kit.asOf)} then 1 else 0 end) = 1`
      : nothing;
  return sql`held as (
  select r.customer_id, count(distinct r.product_id) as products
  from ${kit.t.customerProducts} r
  where ${isHeld(ofCustomers, params.ownership, kit)}
  group by r.customer_id
),
members as (
  select g.customer_id, g.segment, dense_rank() over (order by g.segment nulls last) as segment_number,
    coalesce(h.products, 0) as products
  from (${segmentMembers(params, kit)}) g
  left join held h on h.customer_id = g.customer_id
),
pairs as (
  select r.customer_id, r.product_id, sum(cast(${revenue} * 100 as double)) as cents
  from ${kit.t.customerProducts} r
  where r.customer_id is not null and r.product_id is not null and ${isCounted(kit.asOf)}
    and ${isCustomerAsked(sql`r.customer_id`, params, kit)} and ${isProductAsked(sql`r.product_id`, params, kit)}
  group by r.customer_id, r.product_id${held}
),
owned as (
  select m.segment_number, m.products, p.product_id, p.cents
  from pairs p
  join members m on m.customer_id = p.customer_id
)`;
}

/** CTE `medians`: one row per segment and product with owners. */
export const MEDIANS = sql`medians as (
  select o.segment_number, o.product_id, count(*) as owners,
    cast(median(cast(o.cents as double)) as double) / 100 as median_value
  from owned o
  group by o.segment_number, o.product_id
)`;

/**
 * CTE `likely`: per segment and product with owners, the sum of P(buy) over the customers of the gap. Of customers with k
 * products of whom nobody owns the product, P is the number of owners with more than k (of whom one is the product) divided
 * by all with k or more. A run of such levels between two of owners therefore adds owners x (sum of h of these levels), so
 * that only levels with owners are rows. Where owners have k products too, they have k - 1 others, and are no longer
 * among those compared with.
 */
const LIKELY = sql`levels as (
  select m.segment_number, m.products, count(*) as customers
  from members m
  group by m.segment_number, m.products
),
ranked as (
  select l.segment_number, l.products, l.customers,
    dense_rank() over (partition by l.segment_number order by l.products nulls last) as level_id,
    sum(l.customers) over (partition by l.segment_number order by l.products desc nulls last ${UP_TO_EQUALS}) as customers_from
  from levels l
),
summed as (
  select k.segment_number, k.products, k.customers, k.level_id, k.customers_from,
    sum(cast(k.customers as double) / nullif(k.customers_from, 0))
      over (partition by k.segment_number order by k.level_id nulls last ${UP_TO_EQUALS}) as h_up_to
  from ranked k
),
rungs as (
  select k.segment_number, k.products, k.customers, k.level_id, k.customers_from, k.h_up_to,
    lag(k.h_up_to) over (partition by k.segment_number order by k.level_id nulls last) as h_before
  from summed k
),
owners as (
  select o.segment_number, o.product_id, o.products, count(*) as owners
  from owned o
  group by o.segment_number, o.product_id, o.products
),
steps as (
  select o.segment_number, o.product_id, o.owners, k.customers, k.customers_from, k.h_before,
    sum(o.owners) over (partition by o.segment_number, o.product_id order by o.products desc nulls last ${UP_TO_EQUALS}) as owners_from,
    lag(k.h_up_to) over (partition by o.segment_number, o.product_id order by k.level_id nulls last) as h_passed
  from owners o
  join rungs k on k.segment_number = o.segment_number and k.products = o.products
),
likely as (
  select s.segment_number, s.product_id,
    sum((coalesce(s.h_before, 0) - coalesce(s.h_passed, 0)) * s.owners_from
      + coalesce(cast((s.customers - s.owners) * (s.owners_from - s.owners) as double) / nullif(s.customers_from - s.owners, 0), 0)) as buyers
  from steps s
  group by s.segment_number, s.product_id
)`;

/** One row per segment and product on sale, the highest value first. */
export function whitespace(params: Asked, kit: SqlKit): Sql {
  return sql`with ${ownedByMembers(params, kit)},
${MEDIANS},
${LIKELY},
segments as (
  select m.segment_number, m.segment, count(*) as customers
  from members m
  group by m.segment_number, m.segment
),
cells as (
  select g.segment, g.customers, p.product_id, p.product_name, p.product_category,
    coalesce(d.owners, 0) as owners, d.median_value, coalesce(l.buyers, 0) as buyers
  from segments g
  cross join (${productsOnSale(params, kit)}) p
  left join medians d on d.segment_number = g.segment_number and d.product_id = p.product_id
  left join likely l on l.segment_number = g.segment_number and l.product_id = p.product_id
)
select c.segment, c.customers, c.owners, cast(c.owners as double) / nullif(c.customers, 0) as owned_share,
  c.product_id, c.product_name, c.product_category, c.customers - c.owners as gap, c.median_value,
  cast(c.buyers as double) / nullif(c.customers - c.owners, 0) as probability,
  cast(round(coalesce(c.buyers * c.median_value, 0), 2) as decimal(38, 2)) as value
from cells c
order by value desc nulls last, c.segment nulls last, c.product_id nulls last${limitTo(params)}`;
}

export function limitTo({ limit }: { readonly limit?: number }): Sql {
  return limit === undefined ? nothing : sql`\nlimit ${limit}`;
}
