import type { Static } from 'typebox';
import type { SqlKit } from '../../../analysis/define.ts';
import { date, id, join, sql, type Sql } from '../../../data/sql/sql.ts';
import type { AdoptionPathsParams } from './model.ts';
import { cohortOf, isStart, itemOf, startsFrom } from './starts.ts';

const numbers = (to: number) => Array.from({ length: to }, (_, i) => i + 1);
const step = (n: number) => id(`step_${n}`);

/**
 * One row per path that begins the journey of at least `minCustomers`: columns step_1 to step_{length} (null after its
 * end), length, customers, continued, and `everybody`.
 */
export function adoptionPaths(params: Static<typeof AdoptionPathsParams>, kit: SqlKit): Sql {
  const { grain, length, minCustomers, limit } = params;
  const steps = numbers(length);
  const named = join(
    steps.map((n) => sql`p.${step(n)}`),
    ', ',
  );
  return sql`with firsts as (
  select r.customer_id, ${itemOf(grain)} as item_id, min(r.start_date) as first_day
  from ${startsFrom(grain, kit)}
  where ${isStart(grain, params, kit)}
  group by r.customer_id, ${itemOf(grain)}
),
numbered as (
  select f.customer_id, f.item_id, f.first_day,
    row_number() over (partition by f.customer_id order by f.first_day nulls last, f.item_id nulls last) as n
  from firsts f
),
${journeys(params, kit)},
paths as (
  ${join(
    steps.map((n) => prefixes(n, length)),
    ' union all ',
  )}
)
select ${named}, p.length, p.customers, p.continued, n.customers as everybody
from paths p
cross join (select sum(w.customers) as customers from whole w) n
where p.customers >= ${minCustomers}
order by p.customers desc nulls last, p.length nulls last, ${join(
    steps.map((n) => sql`p.${step(n)} nulls last`),
    ', ',
  )}
limit ${limit}`;
}

/** `whole`: the first `length` steps, how many customers took just them, and how many of these took one more. */
function journeys(params: Static<typeof AdoptionPathsParams>, kit: SqlKit): Sql {
  const steps = numbers(params.length);
  const { from, to } = cohortOf(params, kit.asOf);
  const columns = steps.map((n) => sql`max(case when u.n = ${n} then u.item_id end) as ${step(n)}`);
  return sql`journeys as (
  select u.customer_id, ${join(columns, ', ')},
    max(case when u.n = ${params.length + 1} then 1 else 0 end) as is_longer
  from numbered u
  where u.n <= ${params.length + 1}
  group by u.customer_id
  having min(u.first_day) >= ${date(from)} and min(u.first_day) < ${date(to)}
),
whole as (
  select ${join(
    steps.map((n) => sql`j.${step(n)}`),
    ', ',
  )}, count(*) as customers, sum(j.is_longer) as longer
  from journeys j
  group by ${join(
    steps.map((n) => sql`j.${step(n)}`),
    ', ',
  )}
)`;
}

/** The paths of one length, from the whole ones. */
function prefixes(n: number, length: number): Sql {
  const columns = numbers(length).map((k) => (k <= n ? sql`w.${step(k)}` : sql`cast(null as varchar) as ${step(k)}`));
  const continued =
    n === length ? sql`sum(w.longer)` : sql`sum(case when w.${step(n + 1)} is null then 0 else w.customers end)`;
  return sql`select ${join(columns, ', ')}, cast(${n} as integer) as length, sum(w.customers) as customers, ${continued} as continued
  from whole w
  where w.${step(n)} is not null
  group by ${join(
    numbers(n).map((k) => sql`w.${step(k)}`),
    ', ',
  )}`;
}
