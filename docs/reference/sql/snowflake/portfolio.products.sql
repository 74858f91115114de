-- Generated from src/features/ by npm run docs; do not edit. portfolio.products: What each product has of customers and value.

-- The ten products of the highest value of the last 12 months {"limit":10}
-- binds: ["2025-07-01","2024-07-01","2024-07-01","2025-07-01",9177459480,"2024-07-01",9172928520,"2024-07-01","2023-07-01","2023-07-01","2024-07-01",9172928520,"2023-07-01",9168397560,"2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30",10]
with asked as (
  select p.product_id, p.product_name, p.product_category, p.product_type, p.status
  from (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "PRODUCT_TYPE", "STATUS" from "PRODUCTS") p
  where 1 = 1
),
listed as (
  select coalesce(a.product_id, e.product_id) as product_id,
    a.product_name, a.product_category, a.product_type, a.status as product_status,
    coalesce(e.value, 0) as value,
    coalesce(e.value_before, 0) as value_before,
    coalesce(e.monthly_value, 0) as monthly_value
  from asked a
  full join (
  select r.product_id,
    sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value,
    sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value_before,
    sum(case when r.value_kind = 'monthly' and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then r.value end) as monthly_value
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
  group by r.product_id
) e on e.product_id = a.product_id
),
eligible as (
  select count(*) as customers
  from (select c.customer_id, c.customer_type, c.region
  from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c
  left join (
    select distinct r.customer_id
    from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
    join (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and 1 = 1) c
),
items as (
  select l.product_id, l.product_name, l.product_category, l.product_type, l.product_status,
    coalesce(o.owners, 0) as owners, coalesce(o.active_owners, 0) as active_owners,
    l.value, l.value_before, l.monthly_value
  from listed l
  left join (
    select o.item, count(*) as owners, sum(o.is_active) as active_owners
    from (
      select r.product_id as item, r.customer_id, max(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) as is_active
      from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
      where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1 and r.customer_id in (select k.customer_id from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") k)
      group by r.product_id, r.customer_id
    ) o
    group by o.item
  ) o on o.item = l.product_id
)
select i.product_id, i.product_name, i.product_category, i.product_type, i.product_status,
  i.owners, i.active_owners,
  cast(i.active_owners as double) / nullif(n.customers, 0) as penetration,
  n.customers as eligible_customers,
  i.value, i.value_before,
  case when i.value_before > 0 then cast(i.value as double) / nullif(cast(i.value_before as double), 0) - 1 end as growth,
  case when t.value > 0 then cast(i.value as double) / nullif(cast(t.value as double), 0) end as share,
  i.monthly_value
from items i
cross join eligible n
cross join (select sum(x.value) as value from items x) t
order by i.value desc nulls last, i.product_id nulls last
limit ?;

-- All who ever had them, among businesses, second half of 2023 {"asOf":"2023-12-31","from":"2023-07-01","to":"2024-01-01","ownership":"ever","customer":{"customerType":"business"}}
-- binds: ["2024-01-01","2023-07-01","2023-07-01","2024-01-01",9170663040,"2023-07-01",9168397560,"2023-07-01","2023-01-01","2023-01-01","2023-07-01",9168397560,"2023-01-01",9166132080,"2023-12-31","2023-12-31","2023-12-31","business","2023-12-31","2023-12-31","2023-12-31","business","2023-12-31","2023-12-31","2023-12-31","business"]
with asked as (
  select p.product_id, p.product_name, p.product_category, p.product_type, p.status
  from (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "PRODUCT_TYPE", "STATUS" from "PRODUCTS") p
  where 1 = 1
),
listed as (
  select coalesce(a.product_id, e.product_id) as product_id,
    a.product_name, a.product_category, a.product_type, a.status as product_status,
    coalesce(e.value, 0) as value,
    coalesce(e.value_before, 0) as value_before,
    coalesce(e.monthly_value, 0) as monthly_value
  from asked a
  full join (
  select r.product_id,
    sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value,
    sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value_before,
    sum(case when r.value_kind = 'monthly' and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then r.value end) as monthly_value
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id in (select q."CUSTOMER_ID" from (select c."CUSTOMER_ID", c."CUSTOMER_TYPE" from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q where q."CUSTOMER_TYPE" = ?) and 1 = 1
  group by r.product_id
) e on e.product_id = a.product_id
),
eligible as (
  select count(*) as customers
  from (select c.customer_id, c.customer_type, c.region
  from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c
  left join (
    select distinct r.customer_id
    from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
    join (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and c.customer_id in (select q."CUSTOMER_ID" from (select c."CUSTOMER_ID", c."CUSTOMER_TYPE" from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q where q."CUSTOMER_TYPE" = ?)) c
),
items as (
  select l.product_id, l.product_name, l.product_category, l.product_type, l.product_status,
    coalesce(o.owners, 0) as owners, coalesce(o.active_owners, 0) as active_owners,
    l.value, l.value_before, l.monthly_value
  from listed l
  left join (
    select o.item, count(*) as owners, sum(o.is_active) as active_owners
    from (
      select r.product_id as item, r.customer_id, max(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) as is_active
      from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
      where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id in (select q."CUSTOMER_ID" from (select c."CUSTOMER_ID", c."CUSTOMER_TYPE" from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q where q."CUSTOMER_TYPE" = ?) and 1 = 1
      group by r.product_id, r.customer_id
    ) o
    group by o.item
  ) o on o.item = l.product_id
)
select i.product_id, i.product_name, i.product_category, i.product_type, i.product_status,
  i.owners, i.active_owners,
  cast(i.owners as double) / nullif(n.customers, 0) as penetration,
  n.customers as eligible_customers,
  i.value, i.value_before,
  case when i.value_before > 0 then cast(i.value as double) / nullif(cast(i.value_before as double), 0) - 1 end as growth,
  case when t.value > 0 then cast(i.value as double) / nullif(cast(t.value as double), 0) end as share,
  i.monthly_value
from items i
cross join eligible n
cross join (select sum(x.value) as value from items x) t
order by i.value desc nulls last, i.product_id nulls last;
