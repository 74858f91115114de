-- params: {"productId": "P00001"}
with b as (
  select customer_id, first_day
  from (
    select r.customer_id, min(r.start_date) as first_day
    from customer_products r
    where r.product_id = 'P00001' and r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
    group by r.customer_id
  )
  where first_day >= date '2025-10-01' and first_day < date '2026-10-01'
),
n as (
  select count(*) filter (first_day <= date '2026-08-31') as base, count(*) filter (first_day > date '2026-08-31') as base_incomplete
  from b
),
x as (
  select r.product_id,
    count(distinct r.customer_id) filter (r.start_date >= b.first_day) as attached,
    count(distinct r.customer_id) filter (r.start_date < b.first_day) as owned_before
  from customer_products r
  join b on b.customer_id = r.customer_id
  where b.first_day <= date '2026-08-31' and r.start_date <= b.first_day + 30 and r.product_id <> 'P00001' and r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by r.product_id
)
select x.product_id, p.product_name, n.base, n.base_incomplete, x.attached, x.attached / n.base as rate, x.owned_before
from x
cross join n
left join products p on p.product_id = x.product_id
order by x.attached desc, x.product_id
limit 50
