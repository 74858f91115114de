-- params: {}
with f as (
  select r.customer_id, min(r.start_date) as first_day
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by r.customer_id
),
g as (
  select r.customer_id, f.first_day, case when r.start_date = f.first_day then r.product_id end as product_id, min(r.start_date) as day
  from customer_products r
  join f on f.customer_id = r.customer_id
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by all
),
n as (
  select customer_id, count(product_id) as products, min(day) filter (product_id is null) as next_day
  from g
  group by customer_id
),
e as (
  select g.product_id, count(*) as customers, count(*) filter (n.products = 1) as alone, count(n.next_day) as continued,
    median(n.next_day - g.first_day) as median_days_to_next
  from g
  join n on n.customer_id = g.customer_id
  where g.product_id is not null
  group by g.product_id
)
select e.product_id, p.product_name, e.customers, e.customers / (select count(*) from n) as share, e.alone, e.continued,
  e.continued / e.customers as continuation_rate, e.median_days_to_next
from e
left join products p on p.product_id = e.product_id
order by e.customers desc, e.product_id
limit 100
