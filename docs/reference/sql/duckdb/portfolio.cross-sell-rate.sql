-- Generated from src/features/ by npm run docs; do not edit. portfolio.cross-sell-rate: What share of customers has more than one product.

-- Now {}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30"]
with summed as (
  select z.group_value, sum(z.customers) as customers, sum(z.products * z.customers) as products,
    sum(case when z.products >= 1 then z.customers else 0 end) as with_products,
    sum(case when z.products >= 2 then z.customers else 0 end) as with_several
  from (
  with eligible as (
    select c.customer_id, c.customer_type, c.region
  from (select "customer_id", "customer_type", "region", "registration_date" from "customers") c
  left join (
    select distinct r.customer_id
    from (select "customer_id", "product_id", "start_date", "end_date" from "customer_products") r
    join (select "customer_id", "customer_type", "region", "registration_date" from "customers") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and 1 = 1
  ),
  held as (
    select r.customer_id, count(distinct r.product_id) as products
    from (select "customer_id", "product_id", "start_date", "end_date" from "customer_products") r
    where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1 and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date)))
    group by r.customer_id
  )
  select cast(null as varchar) as group_value, coalesce(h.products, 0) as products, count(*) as customers
  from eligible e
  left join held h on h.customer_id = e.customer_id
  group by cast(null as varchar), coalesce(h.products, 0)
) z
  group by z.group_value
)
select s.group_value, s.customers, s.with_products, s.with_several,
  cast(s.products as double) / nullif(s.customers, 0) as products_per_customer,
  cast(s.products as double) / nullif(s.with_products, 0) as products_per_owner,
  cast(s.with_several as double) / nullif(s.with_products, 0) as cross_sell_rate
from summed s
order by s.customers desc nulls last, s.group_value nulls last;

-- By region, all that customers ever had {"by":"region","ownership":"ever"}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30"]
with summed as (
  select z.group_value, sum(z.customers) as customers, sum(z.products * z.customers) as products,
    sum(case when z.products >= 1 then z.customers else 0 end) as with_products,
    sum(case when z.products >= 2 then z.customers else 0 end) as with_several
  from (
  with eligible as (
    select c.customer_id, c.customer_type, c.region
  from (select "customer_id", "customer_type", "region", "registration_date" from "customers") c
  left join (
    select distinct r.customer_id
    from (select "customer_id", "product_id", "start_date", "end_date" from "customer_products") r
    join (select "customer_id", "customer_type", "region", "registration_date" from "customers") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and 1 = 1
  ),
  held as (
    select r.customer_id, count(distinct r.product_id) as products
    from (select "customer_id", "product_id", "start_date", "end_date" from "customer_products") r
    where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
    group by r.customer_id
  )
  select e.region as group_value, coalesce(h.products, 0) as products, count(*) as customers
  from eligible e
  left join held h on h.customer_id = e.customer_id
  group by e.region, coalesce(h.products, 0)
) z
  group by z.group_value
)
select s.group_value, s.customers, s.with_products, s.with_several,
  cast(s.products as double) / nullif(s.customers, 0) as products_per_customer,
  cast(s.products as double) / nullif(s.with_products, 0) as products_per_owner,
  cast(s.with_several as double) / nullif(s.with_products, 0) as cross_sell_rate
from summed s
order by s.customers desc nulls last, s.group_value nulls last;
