import type { Static } from 'typebox';
import type { SqlKit } from '../../../analysis/define.ts';
import { isCounted } from '../../../analysis/measures.ts';
import { isCustomerAsked, isProductAsked } from '../../../analysis/population.ts';
import { date, join, sql, type Sql } from '../../../data/sql/sql.ts';
import type { LaunchParams } from './model.ts';

type Asked = Static<typeof LaunchParams>;

/** The products that are asked about and were launched by asOf: product_id, product_name, launch_date; in order of their ids. */
export function launchedProducts(params: Asked, kit: SqlKit): Sql {
  return sql`${launched(params, kit)}
order by p.product_id nulls last`;
}

function launched(params: Asked, kit: SqlKit): Sql {
  return sql`select p.product_id, p.product_name, p.launch_date
from ${kit.t.products} p
where p.launch_date <= ${date(kit.asOf)} and ${isProductAsked(sql`p.product_id`, params, kit)}`;
}

/** One row per launched product and number of owners. */
export function launchTimes(params: Asked, kit: SqlKit): Sql {
  return sql`with launched as (
${launched(params, kit)}
),
firsts as (
  select r.product_id, r.customer_id, min(r.start_date) as first_day
  from ${kit.t.customerProducts} r
  join launched l on l.product_id = r.product_id
  where ${isCounted(kit.asOf)} and r.customer_id is not null and ${isCustomerAsked(sql`r.customer_id`, params, kit)}
  group by r.product_id, r.customer_id
),
days as (
  select f.product_id, f.first_day, count(*) as customers
  from firsts f
  group by f.product_id, f.first_day
),
reached as (
  select d.product_id, d.first_day, d.customers,
    sum(d.customers) over (partition by d.product_id order by d.first_day nulls last, d.product_id nulls last) as owners
  from days d
),
totals as (
  select d.product_id, sum(d.customers) as owners,
    sum(case when d.first_day < l.launch_date then d.customers else 0 end) as before_launch
  from days d
  join launched l on l.product_id = d.product_id
  group by d.product_id
),
wanted as (
  ${join(
    [...new Set(params.owners)].map((n) => sql`select cast(${n} as integer) as owners`),
    ' union all ',
  )}
)
select l.product_id, l.product_name, l.launch_date, w.owners, q.first_day as reached_on,
  cast(q.first_day - l.launch_date as double) as days,
  coalesce(o.owners, 0) as owners_by_as_of, coalesce(o.before_launch, 0) as started_before_launch
from launched l
cross join wanted w
left join reached q on q.product_id = l.product_id and q.owners >= w.owners and q.owners - q.customers < w.owners
left join totals o on o.product_id = l.product_id
order by l.product_id nulls last, w.owners nulls last`;
}
