-- Generated from src/features/ by npm run docs; do not edit. portfolio.products-per-customer: How many customers have how many products.

-- Now, with the value of the last 12 months {}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-07-01","2024-07-01","2024-07-01","2025-07-01",9177459480,"2024-07-01",9172928520,"2025-06-30"]
with sizes as (
  select z.products, z.customers, z.value, z.value_mean, z.value_median
  from (
  with eligible as (
    select c.customer_id, c.customer_type, c.region
  from (select "customer_id", "customer_type", "region", "registration_date" from "customers") c
  left join (
    select distinct r.customer_id
    from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
    join (select "customer_id", "customer_type", "region", "registration_date" from "customers") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and 1 = 1
  ),
  held as (
    select r.customer_id, count(distinct r.product_id) as products
    from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
    where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1 and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date)))
    group by r.customer_id
  ),
  spent as (
    select r.customer_id, sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value
    from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
    where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
    group by r.customer_id
  ),
  people as (
    select coalesce(h.products, 0) as products, coalesce(s.value, 0) as value
    from eligible e
    left join held h on h.customer_id = e.customer_id
    left join spent s on s.customer_id = e.customer_id
  )
  select p.products, count(*) as customers, sum(p.value) as value,
    avg(cast(p.value as double)) as value_mean,
    median(cast(p.value as double)) as value_median
  from people p
  group by p.products
) z
),
cumulated as (
  select z.products, z.customers, z.value, z.value_mean, z.value_median,
    sum(z.customers) over (order by z.products nulls last range between unbounded preceding and current row) as so_far
  from sizes z
)
select c.products, c.customers,
  cast(c.customers as double) / nullif(n.customers, 0) as share,
  cast(c.so_far as double) / nullif(n.customers, 0) as cumulative_share,
  c.value, c.value_mean, c.value_median
from cumulated c
cross join (select sum(z.customers) as customers from sizes z) n
order by c.products nulls last;

-- All that customers ever had by the end of 2023 {"asOf":"2023-12-31","ownership":"ever"}
-- binds: ["2023-12-31","2023-12-31","2023-12-31","2023-12-31","2024-01-01","2023-01-01","2023-01-01","2024-01-01",9170663040,"2023-01-01",9166132080,"2023-12-31"]
with sizes as (
  select z.products, z.customers, z.value, z.value_mean, z.value_median
  from (
  with eligible as (
    select c.customer_id, c.customer_type, c.region
  from (select "customer_id", "customer_type", "region", "registration_date" from "customers") c
  left join (
    select distinct r.customer_id
    from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
    join (select "customer_id", "customer_type", "region", "registration_date" from "customers") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and 1 = 1
  ),
  held as (
    select r.customer_id, count(distinct r.product_id) as products
    from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
    where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
    group by r.customer_id
  ),
  spent as (
    select r.customer_id, sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value
    from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
    where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
    group by r.customer_id
  ),
  people as (
    select coalesce(h.products, 0) as products, coalesce(s.value, 0) as value
    from eligible e
    left join held h on h.customer_id = e.customer_id
    left join spent s on s.customer_id = e.customer_id
  )
  select p.products, count(*) as customers, sum(p.value) as value,
    avg(cast(p.value as double)) as value_mean,
    median(cast(p.value as double)) as value_median
  from people p
  group by p.products
) z
),
cumulated as (
  select z.products, z.customers, z.value, z.value_mean, z.value_median,
    sum(z.customers) over (order by z.products nulls last range between unbounded preceding and current row) as so_far
  from sizes z
)
select c.products, c.customers,
  cast(c.customers as double) / nullif(n.customers, 0) as share,
  cast(c.so_far as double) / nullif(n.customers, 0) as cumulative_share,
  c.value, c.value_mean, c.value_median
from cumulated c
cross join (select sum(z.customers) as customers from sizes z) n
order by c.products nulls last;
