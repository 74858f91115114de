-- params: {}
with c as (
  select product_category, row_number() over (order by product_category) as code
  from (select distinct product_category from products where product_category is not null)
),
i as (
  select p.product_id, c.code
  from products p
  join c on c.product_category = p.product_category
),
f as (
  select r.customer_id, i.code, min(r.start_date) as first_day
  from customer_products r
  join i on i.product_id = r.product_id
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by all
),
s as (
  select customer_id, row_number() over (partition by customer_id order by first_day, code) as n, code
  from f
),
j as (
  select max(code) filter (n = 1) as a, max(code) filter (n = 2) as b, max(code) filter (n = 3) as c, count(*) filter (n = 4) as more
  from s
  where n <= 4
  group by customer_id
),
w as (
  select a, b, c, count(*) as customers, sum(more) as more
  from j
  group by all
),
p as (
  select a, null as b, null as c, 1 as length, sum(customers) as customers, sum(customers) filter (b is not null) as continued from w group by a
  union all
  select a, b, null, 2, sum(customers), sum(customers) filter (c is not null) from w where b is not null group by a, b
  union all
  select a, b, c, 3, sum(customers), sum(more) from w where c is not null group by a, b, c
)
select x.product_category as step_1, y.product_category as step_2, z.product_category as step_3, p.length, p.customers,
  p.customers / (select sum(customers) from w) as share, coalesce(p.continued, 0) as continued, coalesce(p.continued, 0) / p.customers as continuation_rate
from p
join c x on x.code = p.a
left join c y on y.code = p.b
left join c z on z.code = p.c
order by p.customers desc, p.length, p.a, p.b, p.c
limit 100
