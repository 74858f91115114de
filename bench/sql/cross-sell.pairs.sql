-- params: {"asOf":"2026-09-30"}
with held as (
  select distinct r.customer_id, r.product_id
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date > date '2026-09-30')
),
items as (
  select h.product_id, count(*) as owners, cast(row_number() over (order by h.product_id) as uinteger) as n
  from held h
  group by h.product_id
),
owned as (
  select h.customer_id, i.n
  from held h
  join items i using (product_id)
),
pairs as (
  select a.n * 65536 + b.n as pair, count(*) as customers
  from owned a
  join owned b on b.customer_id = a.customer_id and b.n > a.n
  group by pair
),
base as (select count(distinct h.customer_id) as customers from held h)
select a.product_id, b.product_id, p.customers, a.owners, b.owners,
  (p.customers * n.customers - a.owners * b.owners) / (sqrt(a.owners * (n.customers - a.owners)) * sqrt(b.owners * (n.customers - b.owners))) as phi
from pairs p
join items a on a.n = p.pair // 65536
join items b on b.n = p.pair % 65536
cross join base n
where p.customers >= 10
order by phi desc nulls last, p.customers desc, a.product_id, b.product_id
limit 100
