-- params: {}
with l as (
  select product_id, product_name, launch_date, row_number() over (order by product_id) as code
  from products
  where launch_date <= date '2026-09-30'
),
f as (
  select l.code, r.customer_id, min(r.start_date) as first_day
  from customer_products r
  join l on l.product_id = r.product_id
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by all
),
q as (
  select code, count(*) as owners, min(first_day, 1000) as days
  from f
  group by code
),
b as (
  select f.code, count(*) as customers
  from f
  join l on l.code = f.code
  where f.first_day < l.launch_date
  group by f.code
)
select l.product_id, l.product_name, l.launch_date, w.n as owners, q.days[w.n] as reached_on, q.days[w.n] - l.launch_date as days,
  coalesce(q.owners, 0) as owners_by_as_of, coalesce(b.customers, 0) as started_before_launch
from l
cross join (values (1), (10), (100), (1000)) w(n)
left join q on q.code = l.code
left join b on b.code = l.code
order by l.product_id, w.n
