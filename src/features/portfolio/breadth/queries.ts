import type { SqlKit } from '../../../analysis/define.ts';
import { revenueIn } from '../../../analysis/measures.ts';
import { periodOf, type Period } from '../../../analysis/period.ts';
import type { Population } from '../../../analysis/population.ts';
import { sql, type Sql } from '../../../data/sql/sql.ts';
import { eligibleCustomers, isHeld, isInScope, type Ownership } from '../scope.ts';
import type { CROSS_SELL_BY } from './model.ts';

type Asked = Population & { readonly ownership: Ownership };

/** CTEs: `eligible` customers, and `held`, one row per customer id with at least one product: how many different ones. */
function heldByCustomer(params: Asked, kit: SqlKit): Sql {
  return sql`eligible as (
  ${eligibleCustomers(params, kit)}
),
held as (
  select r.customer_id, count(distinct r.product_id) as products
  from ${kit.t.customerProducts} r
  where ${isHeld(params, params.ownership, kit)}
  group by r.customer_id
)`;
}

/** One row per number of products that eligible customers have, 0 included, the smallest first. */
export function productsPerCustomer(params: Asked & Partial<Period>, kit: SqlKit): Sql {
  return sql`with ${heldByCustomer(params, kit)},
spent as (
  select r.customer_id, sum(${revenueIn(periodOf(params, kit.asOf))}) as value
  from ${kit.t.customerProducts} r
  where ${isInScope(params, kit)}
  group by r.customer_id
),
people as (
  select coalesce(h.products, 0) as products, coalesce(s.value, 0) as value
  from eligible e
  left join held h on h.customer_id = e.customer_id
  left join spent s on s.customer_id = e.customer_id
),
sizes as (
  select p.products, count(*) as customers, sum(p.value) as value,
    avg(cast(p.value as double)) as value_mean,
    median(cast(p.value as double)) as value_median
  from people p
  group by p.products
),
cumulated as (
  select z.products, z.customers, z.value, z.value_mean, z.value_median,
    sum(z.customers) over (order by z.products nulls last range between unbounded preceding and current row) as so_far
  from sizes z
)
select c.products, c.customers,
  cast(c.customers as double) / nullif(n.customers, 0) as share,
  cast(c.so_far as double) / nullif(n.customers, 0) as cumulative_share,
  c.value, c.value_mean, c.value_median
from cumulated c
cross join (select count(*) as customers from eligible e) n
order by c.products nulls last`;
}

const GROUPS: Readonly<Record<(typeof CROSS_SELL_BY)[number], Sql>> = Object.freeze({
  none: sql`cast(null as varchar)`,
  customerType: sql`e.customer_type`,
  region: sql`e.region`,
});

/** One row per group of eligible customers, the largest first. */
export function crossSellRate(params: Asked & { readonly by: (typeof CROSS_SELL_BY)[number] }, kit: SqlKit): Sql {
  return sql`with ${heldByCustomer(params, kit)},
people as (
  select ${GROUPS[params.by]} as group_value, coalesce(h.products, 0) as products
  from eligible e
  left join held h on h.customer_id = e.customer_id
),
summed as (
  select p.group_value, count(*) as customers, sum(p.products) as products,
    sum(case when p.products >= 1 then 1 else 0 end) as with_products,
    sum(case when p.products >= 2 then 1 else 0 end) as with_several
  from people p
  group by p.group_value
)
select s.group_value, s.customers, s.with_products, s.with_several,
  cast(s.products as double) / nullif(s.customers, 0) as products_per_customer,
  cast(s.products as double) / nullif(s.with_products, 0) as products_per_owner,
  cast(s.with_several as double) / nullif(s.with_products, 0) as cross_sell_rate
from summed s
order by s.customers desc nulls last, s.group_value nulls last`;
}
