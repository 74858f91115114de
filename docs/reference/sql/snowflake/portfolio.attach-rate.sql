-- Generated from src/features/ by npm run docs; do not edit. portfolio.attach-rate: How many of those who start with one product start with another within some days.

-- What is bought within 30 days of product P00001 {"productId":"P00001"}
-- binds: ["2025-06-30","P00001",30,"2025-05-31","2024-07-01","2025-07-01","2025-06-30","P00001",50]
with firsts as (
  select r.customer_id, min(r.start_date) as first_day
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE" from "CUSTOMER_PRODUCTS") r
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id is not null and r.product_id is not null and 1 = 1 and 1 = 1 and r.product_id = ?
  group by r.customer_id
),
starters as (
  select f.customer_id, f.first_day, dateadd('day', ?, f.first_day) as last_day,
    case when f.first_day <= cast(? as date) then 1 else 0 end as is_complete
  from firsts f
  where f.first_day >= cast(? as date) and f.first_day < cast(? as date)
),
sizes as (
  select sum(s.is_complete) as base, sum(1 - s.is_complete) as base_incomplete
  from starters s
),
pairs as (
  select r.customer_id, r.product_id as item_id,
    max(case when r.start_date >= b.first_day then 1 else 0 end) as is_attached,
    max(case when r.start_date < b.first_day then 1 else 0 end) as is_owned_before
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE" from "CUSTOMER_PRODUCTS") r
  join starters b on b.customer_id = r.customer_id and b.is_complete = 1 and r.start_date <= b.last_day
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id is not null and r.product_id is not null and 1 = 1 and 1 = 1 and r.product_id <> ?
  group by r.customer_id, r.product_id
),
items as (
  select x.item_id, sum(x.is_attached) as attached, sum(x.is_owned_before) as owned_before
  from pairs x
  group by x.item_id
)
select x.item_id, i.item_name, n.base, n.base_incomplete, x.attached,
  cast(x.attached as double) / nullif(n.base, 0) as rate, x.owned_before
from items x
cross join sizes n
left join (select p.product_id as item_id, p.product_name as item_name from (select "PRODUCT_ID", "PRODUCT_NAME" from "PRODUCTS") p) i on i.item_id = x.item_id
order by x.attached desc nulls last, x.item_id nulls last
limit ?;

-- Which categories follow on Electronics within 90 days {"grain":"category","category":"Electronics","days":90}
-- binds: ["2025-06-30","Electronics",90,"2025-04-01","2024-07-01","2025-07-01","2025-06-30","Electronics",50]
with firsts as (
  select r.customer_id, min(r.start_date) as first_day
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE" from "CUSTOMER_PRODUCTS") r
  join (select "PRODUCT_ID", "PRODUCT_CATEGORY" from "PRODUCTS") p on p.product_id = r.product_id
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id is not null and p.product_category is not null and 1 = 1 and 1 = 1 and p.product_category = ?
  group by r.customer_id
),
starters as (
  select f.customer_id, f.first_day, dateadd('day', ?, f.first_day) as last_day,
    case when f.first_day <= cast(? as date) then 1 else 0 end as is_complete
  from firsts f
  where f.first_day >= cast(? as date) and f.first_day < cast(? as date)
),
sizes as (
  select sum(s.is_complete) as base, sum(1 - s.is_complete) as base_incomplete
  from starters s
),
pairs as (
  select r.customer_id, p.product_category as item_id,
    max(case when r.start_date >= b.first_day then 1 else 0 end) as is_attached,
    max(case when r.start_date < b.first_day then 1 else 0 end) as is_owned_before
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE" from "CUSTOMER_PRODUCTS") r
  join (select "PRODUCT_ID", "PRODUCT_CATEGORY" from "PRODUCTS") p on p.product_id = r.product_id
  join starters b on b.customer_id = r.customer_id and b.is_complete = 1 and r.start_date <= b.last_day
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id is not null and p.product_category is not null and 1 = 1 and 1 = 1 and p.product_category <> ?
  group by r.customer_id, p.product_category
),
items as (
  select x.item_id, sum(x.is_attached) as attached, sum(x.is_owned_before) as owned_before
  from pairs x
  group by x.item_id
)
select x.item_id, i.item_name, n.base, n.base_incomplete, x.attached,
  cast(x.attached as double) / nullif(n.base, 0) as rate, x.owned_before
from items x
cross join sizes n
left join (select distinct p.product_category as item_id, p.product_category as item_name from (select "PRODUCT_ID", "PRODUCT_CATEGORY" from "PRODUCTS") p) i on i.item_id = x.item_id
order by x.attached desc nulls last, x.item_id nulls last
limit ?;
