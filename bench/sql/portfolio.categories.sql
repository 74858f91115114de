-- params: {"asOf":"2026-09-30"}
with earned as (
  select r.product_id, sum(case
      when r.relationship_type is distinct from 'subscription' then case when r.start_date between date '2025-10-01' and date '2026-10-01' - 1 then r.value else 0 end
      when r.start_date < date '2026-10-01' and (r.end_date is null or r.end_date > date '2025-10-01') then cast(round(cast(r.value as double) * (
        case when r.end_date < date '2026-10-01' then (12 * year(r.end_date) + month(r.end_date) - 1 + cast(day(r.end_date) - 1 as double) / day(last_day(r.end_date))) else 24321 end
        - case when r.start_date < date '2025-10-01' then 24309 else (12 * year(r.start_date) + month(r.start_date) - 1 + cast(day(r.start_date) - 1 as double) / day(last_day(r.start_date))) end), 2) as decimal(18, 2))
      else 0 end) as value,
    sum(case
      when r.relationship_type is distinct from 'subscription' then case when r.start_date between date '2024-10-01' and date '2025-10-01' - 1 then r.value else 0 end
      when r.start_date < date '2025-10-01' and (r.end_date is null or r.end_date > date '2024-10-01') then cast(round(cast(r.value as double) * (
        case when r.end_date < date '2025-10-01' then (12 * year(r.end_date) + month(r.end_date) - 1 + cast(day(r.end_date) - 1 as double) / day(last_day(r.end_date))) else 24309 end
        - case when r.start_date < date '2024-10-01' then 24297 else (12 * year(r.start_date) + month(r.start_date) - 1 + cast(day(r.start_date) - 1 as double) / day(last_day(r.start_date))) end), 2) as decimal(18, 2))
      else 0 end) as value_before,
    sum(case when r.relationship_type = 'subscription' and (r.end_date is null or r.end_date > date '2026-09-30') then r.value end) as monthly_value
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by r.product_id
),
owned as (
  select product_category, count(*) as owners, sum(is_active) as active_owners
  from (
    select p.product_category, r.customer_id, max(case when (r.end_date is null or r.end_date > date '2026-09-30') then 1 else 0 end) as is_active
    from customer_products r
    left join products p on p.product_id = r.product_id
    semi join customers c on c.customer_id = r.customer_id
    where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
    group by p.product_category, r.customer_id
  )
  group by product_category
),
items as (
  select p.product_category, count(*) as products, coalesce(sum(e.value), 0) as value,
    coalesce(sum(e.value_before), 0) as value_before, coalesce(sum(e.monthly_value), 0) as monthly_value
  from products p
  full join earned e on e.product_id = p.product_id
  group by p.product_category
)
select i.product_category, i.products,
  coalesce(o.owners, 0) as owners, coalesce(o.active_owners, 0) as active_owners,
  cast(coalesce(o.active_owners, 0) as double) / n.customers as penetration, n.customers as eligible_customers,
  i.value, i.value_before, case when i.value_before > 0 then i.value / cast(i.value_before as double) - 1 end as growth,
  i.value / cast(sum(i.value) over (partition by 1) as double) as share, i.monthly_value
from items i
left join owned o on o.product_category is not distinct from i.product_category
cross join (select count(*) as customers from customers where registration_date is null or registration_date <= date '2026-09-30') n
order by i.value desc, i.product_category;
