-- Generated from src/features/ by npm run docs; do not edit. ownership.lookup: Who has what, for many customers or many products at once.

-- Products of two customers {"customerIds":["C0000001","C0000002"]}, the warning
-- binds: ["[\"C0000001\",\"C0000002\"]","C0000001","C0000002","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001","C0000001"]
with l as (
  select distinct i.id
  from (select cast(f.value as varchar) as id from table(flatten(input => parse_json(?))) f) i
  where not exists (select 1 from (select "CUSTOMER_ID" from "CUSTOMERS") c where c.customer_id = i.id and c.customer_id in (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))
)
select l.id, n.unknown
from l
cross join (select count(*) as unknown from l) n
order by l.id nulls last
limit 20;

-- Products of two customers {"customerIds":["C0000001","C0000002"]}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30","[\"C0000001\",\"C0000002\"]","2025-06-30","2025-06-30"]
select r.customer_id, r.product_id,
  count(*) as relationships,
  
  min(r.relationship_type) as relationship_type,
  min(r.start_date) as first_start,
  max(r.start_date) as last_start,
  case when count(r.end_date) = count(*) then max(r.end_date) end as end_date,
  max(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) = 1 as is_active,
  coalesce(sum(case when r.value_kind = 'once' then r.value end), 0) as value_once,
  coalesce(sum(case when r.value_kind = 'monthly' and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then r.value end), 0) as value_monthly
from (select "CUSTOMER_ID", "PRODUCT_ID", "RELATIONSHIP_TYPE", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
where r.customer_id in (select l.id from (select cast(f.value as varchar) as id from table(flatten(input => parse_json(?))) f) l) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date)))
group by r.customer_id, r.product_id;
