-- Generated from src/features/ by npm run docs; do not edit. ownership.products-of-customer: Which products a customer has.

-- Products that customer C0000001 has now {"customerId":"C0000001"}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30","C0000001","2025-06-30","2025-06-30",101]
select q."PRODUCT_ID", q."PRODUCT_NAME", q."PRODUCT_CATEGORY", q."PRODUCT_TYPE", q."PRODUCT_STATUS", q."RELATIONSHIP_ID", q."RELATIONSHIPS", q."RELATIONSHIP_TYPE", q."FIRST_START", q."LAST_START", q."END_DATE", q."IS_ACTIVE", q."VALUE_ONCE", q."VALUE_MONTHLY"
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
  from (select "RELATIONSHIP_ID", "CUSTOMER_ID", "PRODUCT_ID", "RELATIONSHIP_TYPE", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id = ? and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date)))
  group by r.product_id
) h
left join (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "PRODUCT_TYPE", "STATUS" from "PRODUCTS") p on p.product_id = h.product_id) q
order by q."PRODUCT_ID" asc nulls last, q."RELATIONSHIP_ID" asc nulls last
limit ?;
