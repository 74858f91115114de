import type { SqlKit } from '../../../analysis/define.ts';
import { revenueIn } from '../../../analysis/measures.ts';
import { periodOf, type Period } from '../../../analysis/period.ts';
import type { Population } from '../../../analysis/population.ts';
import { sql, trusted, type Sql } from '../../../data/sql/sql.ts';
import { isInScope } from '../scope.ts';
import type { ABC_DIMENSIONS } from './model.ts';

type Asked = Population & Partial<Period>;

const CUSTOMER = sql`r.customer_id`;
const PRODUCT = sql`r.product_id`;

/** A select of item_id and value, the revenue of the period, one row per item that has a counted relationship. */
function valueBy(column: Sql, params: Asked, kit: SqlKit): Sql {
  return sql`select ${column} as item_id, sum(${revenueIn(periodOf(params, kit.asOf))}) as value
  from ${kit.t.customerProducts} r
  where ${isInScope(params, kit)}
  group by ${column}`;
}

/** Quotients of hundredths: they are whole numbers, so that a share of exactly 80 % is 0.8 to the last bit. */
function quotient(part: Sql, whole: Sql): Sql {
  return sql`cast(${part} * 100 as double) / nullif(cast(${whole} * 100 as double), 0)`;
}

const isA = (share: Sql) => sql`${share} <= 0.8`;
const isB = (share: Sql) => sql`${share} > 0.8 and ${share} <= 0.95`;
const isC = (share: Sql) => sql`${share} > 0.95`;

/**
 * The window in which every item sees those of higher value and of its own. Which of equal items comes first does not
 * matter, because a range takes all of them.
 */
const UP_TO_EQUALS = trusted('range between unbounded preceding and current row');

/** The value of the `count` largest items; those of one level `l` are alike, so that any of them will do. */
function topValue(count: Sql): Sql {
  return sql`sum(case
    when l.items_so_far <= ${count} then l.value * l.items
    when l.items_so_far - l.items < ${count} then l.value * (${count} - (l.items_so_far - l.items))
    else 0 end)`;
}

/**
 * One row per dimension that has an item with a positive value. Items of equal value are one level, with their number:
 * every figure follows from the levels.
 */
export function portfolioConcentration(params: Asked, kit: SqlKit): Sql {
  return sql`with by_customer as (
  ${valueBy(CUSTOMER, params, kit)}
),
by_product as (
  ${valueBy(PRODUCT, params, kit)}
),
by_category as (
  select p.product_category, sum(b.value) as value
  from by_product b
  left join ${kit.t.products} p on p.product_id = b.item_id
  group by p.product_category
),
amounts as (
  select 'customers' as dimension, b.value, count(*) as items from by_customer b group by b.value
  union all
  select 'products' as dimension, b.value, count(*) as items from by_product b group by b.value
  union all
  select 'categories' as dimension, b.value, count(*) as items from by_category b group by b.value
),
totals as (
  select a.dimension,
    sum(case when a.value > 0 then a.items else 0 end) as items,
    sum(case when a.value > 0 then 0 else a.items end) as items_left_out,
    sum(case when a.value > 0 then a.value * a.items end) as value
  from amounts a
  group by a.dimension
),
levels as (
  select a.dimension, a.value, a.items,
    sum(a.items) over (partition by a.dimension order by a.value desc nulls last ${UP_TO_EQUALS}) as items_so_far,
    sum(a.value * a.items) over (partition by a.dimension order by a.value desc nulls last ${UP_TO_EQUALS}) as value_so_far
  from amounts a
  where a.value > 0
),
shared as (
  select l.dimension, l.value, l.items, l.items_so_far,
    ${quotient(sql`l.value`, sql`t.value`)} as share,
    ${quotient(sql`l.value_so_far`, sql`t.value`)} as share_so_far
  from levels l
  join totals t on t.dimension = l.dimension
),
summed as (
  select t.dimension, t.items, t.items_left_out, t.value,
    sum(l.items * l.share * l.share) as herfindahl,
    sum(cast(l.value as double) * (l.items * (t.items - 2 * l.items_so_far + l.items))) as spread,
    ${topValue(sql`1`)} as top_1,
    ${topValue(sql`10`)} as top_10,
    ${topValue(sql`ceil(cast(t.items as double) / 5)`)} as top_fifth,
    sum(case when ${isA(sql`l.share_so_far`)} then l.items else 0 end) as items_a,
    sum(case when ${isB(sql`l.share_so_far`)} then l.items else 0 end) as items_b,
    sum(case when ${isC(sql`l.share_so_far`)} then l.items else 0 end) as items_c
  from shared l
  join totals t on t.dimension = l.dimension
  group by t.dimension, t.items, t.items_left_out, t.value
)
select s.dimension, s.items, s.items_left_out, s.value,
  10000 * s.herfindahl as hhi,
  cast(1 as double) / nullif(s.herfindahl, 0) as effective_number,
  ${normalised(sql`s.herfindahl`, sql`s.items`)} as normalised_hhi,
  cast(case when s.spread < 0 then 0 else s.spread end as double) / nullif(cast(s.items as double) * cast(s.value as double), 0) as gini,
  ${quotient(sql`s.top_1`, sql`s.value`)} as top_share1,
  ${quotient(sql`s.top_10`, sql`s.value`)} as top_share10,
  ${quotient(sql`s.top_fifth`, sql`s.value`)} as top_share20_percent,
  s.items_a, s.items_b, s.items_c
from summed s
order by s.items desc nulls last, s.dimension nulls last`;
}

/** Nearly equal items may come out a last digit below 0, and one beside crumbs above 1. */
function normalised(herfindahl: Sql, items: Sql): Sql {
  const even = sql`cast(1 as double) / nullif(${items}, 0)`;
  const share = sql`cast(${herfindahl} - ${even} as double) / nullif(1 - ${even}, 0)`;
  return sql`case when ${items} = 1 then null when ${share} < 0 then 0 when ${share} > 1 then 1 else ${share} end`;
}

/** One row per product or customer with a positive value. */
export function portfolioAbc(
  { dimension, ...params }: Asked & { readonly dimension: (typeof ABC_DIMENSIONS)[number] },
  kit: SqlKit,
): Sql {
  const [column, named] =
    dimension === 'products'
      ? [PRODUCT, sql`select p.product_id as item_id, p.product_name as item_name from ${kit.t.products} p`]
      : [CUSTOMER, sql`select c.customer_id as item_id, c.customer_name as item_name from ${kit.t.customers} c`];
  return sql`with amounts as (
  ${valueBy(column, params, kit)}
),
ranked as (
  select a.item_id, a.value,
    rank() over (order by a.value desc nulls last) as rank,
    sum(a.value) over (order by a.value desc nulls last ${UP_TO_EQUALS}) as value_so_far
  from amounts a
  where a.value > 0
),
shared as (
  select k.item_id, k.rank, k.value,
    ${quotient(sql`k.value`, sql`t.value`)} as share,
    ${quotient(sql`k.value_so_far`, sql`t.value`)} as cumulative_share
  from ranked k
  cross join (select sum(x.value) as value from ranked x) t
)
select s.item_id, n.item_name, s.rank, s.value, s.share, s.cumulative_share,
  case when ${isA(sql`s.cumulative_share`)} then 'A' when ${isB(sql`s.cumulative_share`)} then 'B' else 'C' end as abc_class
from shared s
left join (${named}) n on n.item_id = s.item_id`;
}
