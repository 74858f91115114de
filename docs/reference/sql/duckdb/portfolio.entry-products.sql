-- Generated from src/features/ by npm run docs; do not edit. portfolio.entry-products: Which products customers begin with, and how many of them come back.

-- Products that customers began with {}
-- binds: ["2025-06-30","0001-01-01","2025-07-01","2025-06-30",100]
with firsts as (
  select r.customer_id, min(r.start_date) as first_day
  from (select "customer_id", "product_id", "start_date", "end_date" from "customer_products") r
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id is not null and r.product_id is not null and 1 = 1
  group by r.customer_id
),
starts as (
  select r.customer_id, f.first_day,
    case when r.start_date = f.first_day then r.product_id end as item_id,
    min(r.start_date) as day
  from (select "customer_id", "product_id", "start_date", "end_date" from "customer_products") r
  join firsts f on f.customer_id = r.customer_id and f.first_day >= cast(? as date) and f.first_day < cast(? as date)
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id is not null and r.product_id is not null and 1 = 1
  group by r.customer_id, f.first_day, case when r.start_date = f.first_day then r.product_id end
),
beginners as (
  select s.customer_id, count(s.item_id) as items, min(case when s.item_id is null then s.day end) as next_day
  from starts s
  group by s.customer_id
),
entries as (
  select s.item_id, count(*) as customers,
    sum(case when b.items = 1 then 1 else 0 end) as alone,
    count(b.next_day) as continued,
    median(cast(b.next_day - s.first_day as double)) as median_days_to_next
  from starts s
  join beginners b on b.customer_id = s.customer_id
  where s.item_id is not null
  group by s.item_id
),
everybody as (
  select count(*) as customers
  from beginners b
)
select e.item_id, i.item_name, e.customers,
  cast(e.customers as double) / nullif(n.customers, 0) as share,
  e.alone, e.continued,
  cast(e.continued as double) / nullif(e.customers, 0) as continuation_rate,
  e.median_days_to_next
from entries e
cross join everybody n
left join (select p.product_id as item_id, p.product_name as item_name from (select "product_id", "product_name" from "products") p) i on i.item_id = e.item_id
order by e.customers desc nulls last, e.item_id nulls last
limit ?;

-- Categories that customers began with before 2024 {"grain":"category","to":"2024-01-01"}
-- binds: ["2025-06-30","0001-01-01","2024-01-01","2025-06-30",100]
with firsts as (
  select r.customer_id, min(r.start_date) as first_day
  from (select "customer_id", "product_id", "start_date", "end_date" from "customer_products") r
  join (select "product_id", "product_category" from "products") p on p.product_id = r.product_id
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id is not null and p.product_category is not null and 1 = 1
  group by r.customer_id
),
starts as (
  select r.customer_id, f.first_day,
    case when r.start_date = f.first_day then p.product_category end as item_id,
    min(r.start_date) as day
  from (select "customer_id", "product_id", "start_date", "end_date" from "customer_products") r
  join (select "product_id", "product_category" from "products") p on p.product_id = r.product_id
  join firsts f on f.customer_id = r.customer_id and f.first_day >= cast(? as date) and f.first_day < cast(? as date)
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id is not null and p.product_category is not null and 1 = 1
  group by r.customer_id, f.first_day, case when r.start_date = f.first_day then p.product_category end
),
beginners as (
  select s.customer_id, count(s.item_id) as items, min(case when s.item_id is null then s.day end) as next_day
  from starts s
  group by s.customer_id
),
entries as (
  select s.item_id, count(*) as customers,
    sum(case when b.items = 1 then 1 else 0 end) as alone,
    count(b.next_day) as continued,
    median(cast(b.next_day - s.first_day as double)) as median_days_to_next
  from starts s
  join beginners b on b.customer_id = s.customer_id
  where s.item_id is not null
  group by s.item_id
),
everybody as (
  select count(*) as customers
  from beginners b
)
select e.item_id, i.item_name, e.customers,
  cast(e.customers as double) / nullif(n.customers, 0) as share,
  e.alone, e.continued,
  cast(e.continued as double) / nullif(e.customers, 0) as continuation_rate,
  e.median_days_to_next
from entries e
cross join everybody n
left join (select distinct p.product_category as item_id, p.product_category as item_name from (select "product_id", "product_category" from "products") p) i on i.item_id = e.item_id
order by e.customers desc nulls last, e.item_id nulls last
limit ?;
