-- params: {"asOf":"2026-09-30","by":"type"}
with held as (
  select r.customer_id, count(distinct r.product_id) as products
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date > date '2026-09-30')
  group by r.customer_id
),
members as (
  select c.customer_id, c.customer_type, cast(dense_rank() over (order by c.customer_type nulls last) as utinyint) as segment,
    cast(coalesce(h.products, 0) as uinteger) as products
  from customers c
  left join held h on h.customer_id = c.customer_id
  where c.registration_date is null or c.registration_date <= date '2026-09-30'
),
items as (
  select p.product_id, p.product_name, p.product_category, p.launch_date, cast(row_number() over (order by p.product_id) as uinteger) as number
  from products p
),
pairs as (
  select r.customer_id, r.product_id, sum(coalesce(case
      when r.relationship_type is distinct from 'subscription' then cast(r.value as double)
      else round(cast(r.value as double) * (
        case when r.end_date < date '2026-10-01' then (12 * year(r.end_date) + month(r.end_date) - 1 + cast(day(r.end_date) - 1 as double) / day(last_day(r.end_date))) else 24321 end
        - (12 * year(r.start_date) + month(r.start_date) - 1 + cast(day(r.start_date) - 1 as double) / day(last_day(r.start_date)))), 2) end, 0)) as value
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by r.customer_id, r.product_id
  having bool_or(r.end_date is null or r.end_date > date '2026-09-30')
),
owned as materialized (
  select m.segment, m.products, i.number, p.value
  from pairs p
  join members m on m.customer_id = p.customer_id
  join items i on i.product_id = p.product_id
),
medians as (
  select o.segment, o.number, count(*) as owners, median(o.value) as median_value
  from owned o
  group by o.segment, o.number
),
levels as (
  select m.segment, m.products, count(*) as customers, sum(count(*)) over (partition by m.segment order by m.products desc) as customers_from
  from members m
  group by m.segment, m.products
),
rungs as (
  select l.segment, l.products, l.customers, l.customers_from,
    coalesce(sum(l.customers / l.customers_from) over (partition by l.segment order by l.products rows between unbounded preceding and 1 preceding), 0) as h_before
  from levels l
),
steps as (
  select o.segment, o.number, o.owners, k.customers, k.customers_from, k.h_before,
    sum(o.owners) over (partition by o.segment, o.number order by o.products desc) as owners_from,
    coalesce(lag(k.h_before + k.customers / k.customers_from) over (partition by o.segment, o.number order by o.products), 0) as h_passed
  from (select segment, number, products, count(*) as owners from owned group by segment, number, products) o
  join rungs k on k.segment = o.segment and k.products = o.products
),
likely as (
  select s.segment, s.number, sum((s.h_before - s.h_passed) * s.owners_from
    + coalesce((s.customers - s.owners) * (s.owners_from - s.owners) / nullif(s.customers_from - s.owners, 0), 0)) as buyers
  from steps s
  group by s.segment, s.number
),
segments as (
  select m.segment, any_value(m.customer_type) as customer_type, count(*) as customers
  from members m
  group by m.segment
)
select g.customer_type as segment, g.customers, coalesce(d.owners, 0) as owners, coalesce(d.owners, 0) / g.customers as owned_share,
  i.product_id, i.product_name, i.product_category, g.customers - coalesce(d.owners, 0) as gap, d.median_value,
  coalesce(l.buyers, 0) / nullif(g.customers - coalesce(d.owners, 0), 0) as probability,
  cast(round(coalesce(l.buyers * d.median_value, 0), 2) as decimal(38, 2)) as value
from segments g
cross join items i
left join medians d on d.segment = g.segment and d.number = i.number
left join likely l on l.segment = g.segment and l.number = i.number
where i.launch_date is null or i.launch_date <= date '2026-09-30' or i.number in (select x.number from medians x)
order by value desc nulls last, segment nulls last, i.product_id;
