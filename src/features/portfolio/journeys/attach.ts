import { askedItem } from '../../../analysis/asked-item.ts';
import type { Static } from 'typebox';
import type { SqlKit } from '../../../analysis/define.ts';
import { addDays, periodOf } from '../../../analysis/period.ts';
import { date, sql, type Sql } from '../../../data/sql/sql.ts';
import type { AttachRateParams } from './model.ts';
import { isStart, itemNames, itemOf, startsFrom } from './starts.ts';

type Asked = Static<typeof AttachRateParams>;

/**
 * One row per item B with a start in the window of somebody of the base, or before it. Of each customer of the base, the
 * window is [first start of A, that day + days], both included.
 */
export function attachRate(params: Asked, kit: SqlKit): Sql {
  // The product filter is of items B.
  const { product: _, ...ofCustomers } = params;
  const { grain, days, limit } = params;
  const a = askedItem(params);
  const { from, to } = periodOf(params, kit.asOf);
  const last = date(addDays(kit.asOf, -days));
  return sql`with firsts as (
  select r.customer_id, min(r.start_date) as first_day
  from ${startsFrom(grain, kit)}
  where ${isStart(grain, ofCustomers, kit)} and ${itemOf(grain)} = ${a}
  group by r.customer_id
),
starters as (
  select f.customer_id, f.first_day, dateadd('day', ${days}, f.first_day) as last_day,
    case when f.first_day <= ${last} then 1 else 0 end as is_complete
  from firsts f
  where f.first_day >= ${date(from)} and f.first_day < ${date(to)}
),
sizes as (
  select sum(s.is_complete) as base, sum(1 - s.is_complete) as base_incomplete
  from starters s
),
pairs as (
  select r.customer_id, ${itemOf(grain)} as item_id,
    max(case when r.start_date >= b.first_day then 1 else 0 end) as is_attached,
    max(case when r.start_date < b.first_day then 1 else 0 end) as is_owned_before
  from ${startsFrom(grain, kit)}
  join starters b on b.customer_id = r.customer_id and b.is_complete = 1 and r.start_date <= b.last_day
  where ${isStart(grain, params, kit)} and ${itemOf(grain)} <> ${a}
  group by r.customer_id, ${itemOf(grain)}
),
items as (
  select x.item_id, sum(x.is_attached) as attached, sum(x.is_owned_before) as owned_before
  from pairs x
  group by x.item_id
)
select x.item_id, i.item_name, n.base, n.base_incomplete, x.attached,
  cast(x.attached as double) / nullif(n.base, 0) as rate, x.owned_before
from items x
cross join sizes n
left join (${itemNames(grain, kit)}) i on i.item_id = x.item_id
order by x.attached desc nulls last, x.item_id nulls last
limit ${limit}`;
}
