-- Generated from src/features/ by npm run docs; do not edit. ownership.products-of-customer: Which products a customer has.

-- Products that customer C0000001 has now {"customerId":"C0000001"}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30","C0000001","2025-06-30","2025-06-30",101]
select q."product_id", q."product_name", q."product_category", q."product_type", q."product_status", q."relationship_id", q."relationships", q."relationship_type", q."first_start", q."last_start", q."end_date", q."is_active", q."value_once", q."value_monthly"
from (select h.product_id, p.product_name, p.product_category, p.product_type, p.status as product_status,
  h.relationships, cast(null as varchar) as relationship_id, h.relationship_type, h.first_start, h.last_start, h.end_date, h.is_active, h.value_once, h.value_monthly
from (
  select r.product_id,
  count(*) as relationships,
  
  min(r.relationship_type) as relationship_type,
  min(r.start_date) as first_start,
  max(r.start_date) as last_start,
  case when count(r.end_date) = count(*) then max(r.end_date) end as end_date,
  max(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) = 1 as is_active,
  coalesce(sum(case when r.value_kind = 'once' then r.value end), 0) as value_once,
  coalesce(sum(case when r.value_kind = 'monthly' and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then r.value end), 0) as value_monthly
  from (select "relationship_id", "customer_id", "product_id", "relationship_type", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
  where r.customer_id = ? and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date)))
  group by r.product_id
) h
left join (select "product_id", "product_name", "product_category", "product_type", "status" from "products") p on p.product_id = h.product_id) q
order by q."product_id" asc nulls last, q."relationship_id" asc nulls last
limit ?;
