import type { SqlKit } from '../../../analysis/define.ts';
import { revenueIn } from '../../../analysis/measures.ts';
import { periodOf, type Period } from '../../../analysis/period.ts';
import type { Population } from '../../../analysis/population.ts';
import { sql, type Sql } from '../../../data/sql/sql.ts';
import { eligibleCustomers, isHeld, isInScope, type Ownership } from '../scope.ts';
import type { CROSS_SELL_BY } from './model.ts';

export type Asked = Population & { readonly ownership: Ownership };
export type AskedBy = Asked & { readonly by: (typeof CROSS_SELL_BY)[number] };

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

/** A select: revenue of the period by customer id. */
function spentByCustomer(params: Asked & Partial<Period>, kit: SqlKit): Sql {
  return sql`select r.customer_id, sum(${revenueIn(periodOf(params, kit.asOf))}) as value
    from ${kit.t.customerProducts} r
    where ${isInScope(params, kit)}
    group by r.customer_id`;
}

/** A table of the numbers of products that eligible customers have, 0 included: products, customers, value, value_mean, value_median. */
function valuedSizes(params: Asked & Partial<Period>, kit: SqlKit): Sql {
  return sql`(
  with ${heldByCustomer(params, kit)},
  spent as (
    ${spentByCustomer(params, kit)}
  ),
  people as (
    select coalesce(h.products, 0) as products, coalesce(s.value, 0) as value
    from eligible e
    left join held h on h.customer_id = e.customer_id
    left join spent s on s.customer_id = e.customer_id
  )
  select p.products, count(*) as customers, sum(p.value) as value,
    avg(cast(p.value as double)) as value_mean,
    median(cast(p.value as double)) as value_median
  from people p
  group by p.products
)`;
}

/** A select of the eligible customers in the order of their ids: customer_id, value. */
export function valuesInOrder(params: Asked & Partial<Period>, kit: SqlKit): Sql {
  return sql`select e.customer_id, coalesce(s.value, 0) as value
from (${eligibleCustomers(params, kit)}) e
left join (
  ${spentByCustomer(params, kit)}
) s on s.customer_id = e.customer_id
order by e.customer_id nulls last`;
}

/** One row per number of products that eligible customers have, the smallest first. */
export function productsPerCustomer(
  params: Asked & Partial<Period>,
  kit: SqlKit,
  sizes: Sql = valuedSizes(params, kit),
): Sql {
  return sql`with sizes as (
  select z.products, z.customers, z.value, z.value_mean, z.value_median
  from ${sizes} z
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
cross join (select sum(z.customers) as customers from sizes z) n
order by c.products nulls last`;
}

const GROUPS: Readonly<Record<(typeof CROSS_SELL_BY)[number], Sql>> = Object.freeze({
  none: sql`cast(null as varchar)`,
  customerType: sql`e.customer_type`,
  region: sql`e.region`,
});

/** A table of the numbers of products that eligible customers have, by group: group_value, products, customers. */
function groupSizes(params: AskedBy, kit: SqlKit): Sql {
  return sql`(
  with ${heldByCustomer(params, kit)}
  select ${GROUPS[params.by]} as group_value, coalesce(h.products, 0) as products, count(*) as customers
  from eligible e
  left join held h on h.customer_id = e.customer_id
  group by ${GROUPS[params.by]}, coalesce(h.products, 0)
)`;
}

/** A select of the eligible customers in the order of their ids: customer_id, group_value. */
export function groupsInOrder(params: AskedBy, kit: SqlKit): Sql {
  return sql`select e.customer_id, ${GROUPS[params.by]} as group_value
from (${eligibleCustomers(params, kit)}) e
order by e.customer_id nulls last`;
}

/** One row per group of eligible customers, the largest first. */
export function crossSellRate(params: AskedBy, kit: SqlKit, sizes: Sql = groupSizes(params, kit)): Sql {
  return sql`with summed as (
  select z.group_value, sum(z.customers) as customers, sum(z.products * z.customers) as products,
    sum(case when z.products >= 1 then z.customers else 0 end) as with_products,
    sum(case when z.products >= 2 then z.customers else 0 end) as with_several
  from ${sizes} z
  group by z.group_value
)
select s.group_value, s.customers, s.with_products, s.with_several,
  cast(s.products as double) / nullif(s.customers, 0) as products_per_customer,
  cast(s.products as double) / nullif(s.with_products, 0) as products_per_owner,
  cast(s.with_several as double) / nullif(s.with_products, 0) as cross_sell_rate
from summed s
order by s.customers desc nulls last, s.group_value nulls last`;
}
