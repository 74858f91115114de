-- params: {"asOf":"2026-09-30"}
with held as (
  select r.customer_id, count(distinct r.product_id) as products
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date > date '2026-09-30')
  group by r.customer_id
),
spent as (
  select r.customer_id, sum(case
      when r.relationship_type is distinct from 'subscription' then case when r.start_date between date '2025-10-01' and date '2026-10-01' - 1 then r.value else 0 end
      when r.start_date < date '2026-10-01' and (r.end_date is null or r.end_date > date '2025-10-01') then cast(round(cast(r.value as double) * (
        case when r.end_date < date '2026-10-01' then (12 * year(r.end_date) + month(r.end_date) - 1 + cast(day(r.end_date) - 1 as double) / day(last_day(r.end_date))) else 24321 end
        - case when r.start_date < date '2025-10-01' then 24309 else (12 * year(r.start_date) + month(r.start_date) - 1 + cast(day(r.start_date) - 1 as double) / day(last_day(r.start_date))) end), 2) as decimal(18, 2))
      else 0 end) as value
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by r.customer_id
),
sizes as (
  select coalesce(h.products, 0) as products, count(*) as customers, coalesce(sum(s.value), 0) as value,
    avg(cast(coalesce(s.value, 0) as double)) as value_mean, median(cast(coalesce(s.value, 0) as double)) as value_median
  from customers c
  left join held h on h.customer_id = c.customer_id
  left join spent s on s.customer_id = c.customer_id
  where c.registration_date is null or c.registration_date <= date '2026-09-30'
  group by 1
)
select products, customers, customers / sum(customers) over (partition by 1) as share,
  sum(customers) over (order by products) / sum(customers) over (partition by 1) as cumulative_share, value, value_mean, value_median
from sizes
order by products;
