import type { SqlKit } from '../../../analysis/define.ts';
import { isActiveOn, revenueIn } from '../../../analysis/measures.ts';
import { periodBefore, periodOf, type Period } from '../../../analysis/period.ts';
import { isProductAsked, type Population } from '../../../analysis/population.ts';
import { nothing, sql, type Sql } from '../../../data/sql/sql.ts';
import { ownersBySql, type Grain } from '../owners.ts';
import { eligibleCustomers, isInScope, type Ownership } from '../scope.ts';

export type Asked = Population & Partial<Period> & { readonly ownership: Ownership };

/** What the statements read: `owners` (see ownersBySql), and `earned` (see earnedBySql). */
export type Sources = { readonly owners: Sql; readonly earned: Sql };

const bySql = (grain: Grain, params: Asked, kit: SqlKit): Sources => ({
  owners: ownersBySql(grain, params, kit),
  earned: earnedBySql(params, kit),
});

/**
 * A table, one row per product of a relationship: product_id, value, value_before, monthly_value. Money and owners are two
 * scans: one that groups by pairs and carries sums with each pair takes a third more time.
 */
export function earnedBySql(params: Asked, kit: SqlKit): Sql {
  const period = periodOf(params, kit.asOf);
  return sql`(
  select r.product_id,
    sum(${revenueIn(period)}) as value,
    sum(${revenueIn(periodBefore(period))}) as value_before,
    sum(case when r.value_kind = 'monthly' and ${isActiveOn(kit.asOf)} then r.value end) as monthly_value
  from ${kit.t.customerProducts} r
  where ${isInScope(params, kit)}
  group by r.product_id
)`;
}

/** CTEs: `listed`, one row per product that is asked about or earned something, and `eligible`, the number of customers. */
function listedProducts(params: Asked, earned: Sql, kit: SqlKit): Sql {
  return sql`asked as (
  select p.product_id, p.product_name, p.product_category, p.product_type, p.status
  from ${kit.t.products} p
  where ${isProductAsked(sql`p.product_id`, params, kit)}
),
listed as (
  select coalesce(a.product_id, e.product_id) as product_id,
    a.product_name, a.product_category, a.product_type, a.status as product_status,
    coalesce(e.value, 0) as value,
    coalesce(e.value_before, 0) as value_before,
    coalesce(e.monthly_value, 0) as monthly_value
  from asked a
  full join ${earned} e on e.product_id = a.product_id
),
eligible as (
  select count(*) as customers
  from (${eligibleCustomers(params, kit)}) c
)`;
}

/** The measures of rows `i` beside `n` (eligible customers) and `t` (the value of all rows). */
function measures(ownership: Ownership): Sql {
  const owners = ownership === 'active' ? sql`i.active_owners` : sql`i.owners`;
  return sql`i.owners, i.active_owners,
  cast(${owners} as double) / nullif(n.customers, 0) as penetration,
  n.customers as eligible_customers,
  i.value, i.value_before,
  case when i.value_before > 0 then cast(i.value as double) / nullif(cast(i.value_before as double), 0) - 1 end as growth,
  case when t.value > 0 then cast(i.value as double) / nullif(cast(t.value as double), 0) end as share,
  i.monthly_value`;
}

/** One row per product: who owns it and what it brings; the most valuable first. */
export function portfolioProducts(
  { limit, ...params }: Asked & { readonly limit?: number },
  kit: SqlKit,
  { owners, earned }: Sources = bySql('product', params, kit),
): Sql {
  return sql`with ${listedProducts(params, earned, kit)},
items as (
  select l.product_id, l.product_name, l.product_category, l.product_type, l.product_status,
    coalesce(o.owners, 0) as owners, coalesce(o.active_owners, 0) as active_owners,
    l.value, l.value_before, l.monthly_value
  from listed l
  left join ${owners} o on o.item = l.product_id
)
select i.product_id, i.product_name, i.product_category, i.product_type, i.product_status,
  ${measures(params.ownership)}
from items i
cross join eligible n
cross join (select sum(x.value) as value from items x) t
order by i.value desc nulls last, i.product_id nulls last${limit === undefined ? nothing : sql`\nlimit ${limit}`}`;
}

/** One row per product category, and one for what has none; the most valuable first. */
export function portfolioCategories(
  params: Asked,
  kit: SqlKit,
  { owners, earned }: Sources = bySql('category', params, kit),
): Sql {
  return sql`with ${listedProducts(params, earned, kit)},
categories as (
  select l.product_category, count(*) as products,
    sum(l.value) as value, sum(l.value_before) as value_before, sum(l.monthly_value) as monthly_value
  from listed l
  group by l.product_category
),
items as (
  select c.product_category, c.products,
    coalesce(o.owners, 0) as owners, coalesce(o.active_owners, 0) as active_owners,
    c.value, c.value_before, c.monthly_value
  from categories c
  left join ${owners} o on o.item is not distinct from c.product_category
)
select i.product_category, i.products,
  ${measures(params.ownership)}
from items i
cross join eligible n
cross join (select sum(x.value) as value from items x) t
order by i.value desc nulls last, i.product_category nulls last`;
}
