-- Generated from src/features/ by npm run docs; do not edit. ownership.summary: How many customers own how much.

-- Now {}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30"]
with by_customer as (
  select r.customer_id,
    count(*) as relationships,
    sum(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) as active_relationships,
    sum(case when r.start_date <= cast(? as date) then 1 else 0 end) as started,
    sum(case when r.start_date is null then 1 else 0 end) as without_start,
    sum(case when r.end_date < r.start_date then 1 else 0 end) as ends_before_start
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE" from "CUSTOMER_PRODUCTS") r
  group by r.customer_id
),
by_product as (
  select r.product_id, sum(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) as active_relationships
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE" from "CUSTOMER_PRODUCTS") r
  group by r.product_id
),
of_customers as (
  select sum(b.relationships) as relationships,
    sum(b.active_relationships) as active_relationships,
    count(case when b.active_relationships > 0 then c.customer_id end) as owners,
    sum(case when c.customer_id is not null then b.active_relationships end) as relationships_of_owners,
    count(case when b.started > 0 then c.customer_id end) as ever_owners,
    sum(b.without_start) as without_start,
    sum(b.ends_before_start) as ends_before_start,
    count(case when c.customer_id is null then 1 end) as unknown_customers
  from by_customer b
  left join (select "CUSTOMER_ID" from "CUSTOMERS") c on c.customer_id = b.customer_id
),
of_products as (
  select count(case when b.active_relationships > 0 then p.product_id end) as owned_products,
    count(case when p.product_id is null then 1 end) as unknown_products
  from by_product b
  left join (select "PRODUCT_ID" from "PRODUCTS") p on p.product_id = b.product_id
)
select
  (select count(*) from (select "CUSTOMER_ID" from "CUSTOMERS") c) as customers,
  (select count(*) from (select "PRODUCT_ID" from "PRODUCTS") p) as products,
  oc.relationships, oc.active_relationships, oc.owners, oc.ever_owners, op.owned_products,
  cast(oc.relationships_of_owners as double) / nullif(oc.owners, 0) as relationships_per_owner,
  oc.without_start, oc.ends_before_start, oc.unknown_customers, op.unknown_products
from of_customers oc
cross join of_products op;

-- At the start of 2025 {"asOf":"2025-01-01"}
-- binds: ["2025-01-01","2025-01-01","2025-01-01","2025-01-01","2025-01-01"]
with by_customer as (
  select r.customer_id,
    count(*) as relationships,
    sum(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) as active_relationships,
    sum(case when r.start_date <= cast(? as date) then 1 else 0 end) as started,
    sum(case when r.start_date is null then 1 else 0 end) as without_start,
    sum(case when r.end_date < r.start_date then 1 else 0 end) as ends_before_start
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE" from "CUSTOMER_PRODUCTS") r
  group by r.customer_id
),
by_product as (
  select r.product_id, sum(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) as active_relationships
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE" from "CUSTOMER_PRODUCTS") r
  group by r.product_id
),
of_customers as (
  select sum(b.relationships) as relationships,
    sum(b.active_relationships) as active_relationships,
    count(case when b.active_relationships > 0 then c.customer_id end) as owners,
    sum(case when c.customer_id is not null then b.active_relationships end) as relationships_of_owners,
    count(case when b.started > 0 then c.customer_id end) as ever_owners,
    sum(b.without_start) as without_start,
    sum(b.ends_before_start) as ends_before_start,
    count(case when c.customer_id is null then 1 end) as unknown_customers
  from by_customer b
  left join (select "CUSTOMER_ID" from "CUSTOMERS") c on c.customer_id = b.customer_id
),
of_products as (
  select count(case when b.active_relationships > 0 then p.product_id end) as owned_products,
    count(case when p.product_id is null then 1 end) as unknown_products
  from by_product b
  left join (select "PRODUCT_ID" from "PRODUCTS") p on p.product_id = b.product_id
)
select
  (select count(*) from (select "CUSTOMER_ID" from "CUSTOMERS") c) as customers,
  (select count(*) from (select "PRODUCT_ID" from "PRODUCTS") p) as products,
  oc.relationships, oc.active_relationships, oc.owners, oc.ever_owners, op.owned_products,
  cast(oc.relationships_of_owners as double) / nullif(oc.owners, 0) as relationships_per_owner,
  oc.without_start, oc.ends_before_start, oc.unknown_customers, op.unknown_products
from of_customers oc
cross join of_products op;
