-- params: {"asOf":"2026-09-30"}
with held as (
  select r.customer_id, count(distinct r.product_id) as products
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date > date '2026-09-30')
  group by r.customer_id
)
select null as group_value, count(*) as customers, count(h.products) as with_products, count(case when h.products >= 2 then 1 end) as with_several,
  cast(sum(h.products) as double) / count(*) as products_per_customer, cast(sum(h.products) as double) / count(h.products) as products_per_owner,
  cast(count(case when h.products >= 2 then 1 end) as double) / count(h.products) as cross_sell_rate
from customers c
left join held h on h.customer_id = c.customer_id
where c.registration_date is null or c.registration_date <= date '2026-09-30';
