-- Generated from src/features/ by npm run docs; do not edit. ownership.customers-of-product: Which customers have a product.

-- Customers who have product P00001 now {"productId":"P00001"}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30","P00001","2025-06-30","2025-06-30",101]
select q."CUSTOMER_ID", q."CUSTOMER_NAME", q."CUSTOMER_TYPE", q."REGION", q."CUSTOMER_STATUS", q."RELATIONSHIP_ID", q."RELATIONSHIPS", q."RELATIONSHIP_TYPE", q."FIRST_START", q."LAST_START", q."END_DATE", q."IS_ACTIVE", q."VALUE_ONCE", q."VALUE_MONTHLY"
from (select h.customer_id, c.customer_name, c.customer_type, c.region, c.status as customer_status,
  h.relationships, cast(null as varchar) as relationship_id, h.relationship_type, h.first_start, h.last_start, h.end_date, h.is_active, h.value_once, h.value_monthly
from (
  select r.customer_id,
  count(*) as relationships,
  
  min(r.relationship_type) as relationship_type,
  min(r.start_date) as first_start,
  max(r.start_date) as last_start,
  case when count(r.end_date) = count(*) then max(r.end_date) end as end_date,
  max(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) = 1 as is_active,
  coalesce(sum(case when r.value_kind = 'once' then r.value end), 0) as value_once,
  coalesce(sum(case when r.value_kind = 'monthly' and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then r.value end), 0) as value_monthly
  from (select "RELATIONSHIP_ID", "CUSTOMER_ID", "PRODUCT_ID", "RELATIONSHIP_TYPE", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.product_id = ? and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date)))
  group by r.customer_id
) h
left join (select "CUSTOMER_ID", "CUSTOMER_NAME", "CUSTOMER_TYPE", "REGION", "STATUS" from "CUSTOMERS") c on c.customer_id = h.customer_id) q
order by q."CUSTOMER_ID" asc nulls last, q."RELATIONSHIP_ID" asc nulls last
limit ?;
