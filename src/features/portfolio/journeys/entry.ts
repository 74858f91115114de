import type { Static } from 'typebox';
import type { SqlKit } from '../../../analysis/define.ts';
import { date, sql, type Sql } from '../../../data/sql/sql.ts';
import type { EntryProductsParams } from './model.ts';
import { cohortOf, isStart, itemNames, itemOf, startsFrom } from './starts.ts';

/**
 * One row per item with which somebody began. Relationships are read twice: for the first day of each customer, and for
 * what was started on it; what came later is one more group beside those items, without item, so that no third time is needed.
 */
export function entryProducts(params: Static<typeof EntryProductsParams>, kit: SqlKit): Sql {
  const { grain } = params;
  const { from, to } = cohortOf(params, kit.asOf);
  return sql`with firsts as (
  select r.customer_id, min(r.start_date) as first_day
  from ${startsFrom(grain, kit)}
  where ${isStart(grain, params, kit)}
  group by r.customer_id
),
starts as (
  select r.customer_id, f.first_day,
    case when r.start_date = f.first_day then ${itemOf(grain)} end as item_id,
    min(r.start_date) as day
  from ${startsFrom(grain, kit)}
  join firsts f on f.customer_id = r.customer_id and f.first_day >= ${date(from)} and f.first_day < ${date(to)}
  where ${isStart(grain, params, kit)}
  group by r.customer_id, f.first_day, case when r.start_date = f.first_day then ${itemOf(grain)} end
),
beginners as (
  select s.customer_id, count(s.item_id) as items, min(case when s.item_id is null then s.day end) as next_day
  from starts s
  group by s.customer_id
),
entries as (
  select s.item_id, count(*) as customers,
    sum(case when b.items = 1 then 1 else 0 end) as alone,
    count(b.next_day) as continued,
    median(cast(b.next_day - s.first_day as double)) as median_days_to_next
  from starts s
  join beginners b on b.customer_id = s.customer_id
  where s.item_id is not null
  group by s.item_id
),
everybody as (
  select count(*) as customers
  from beginners b
)
select e.item_id, i.item_name, e.customers,
  cast(e.customers as double) / nullif(n.customers, 0) as share,
  e.alone, e.continued,
  cast(e.continued as double) / nullif(e.customers, 0) as continuation_rate,
  e.median_days_to_next
from entries e
cross join everybody n
left join (${itemNames(grain, kit)}) i on i.item_id = e.item_id
order by e.customers desc nulls last, e.item_id nulls last
limit ${params.limit}`;
}
