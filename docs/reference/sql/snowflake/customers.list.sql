-- Generated from src/features/ by npm run docs; do not edit. customers.list: Customers, one row each.

-- The first customers by id {"limit":10}
-- binds: [11]
select q."CUSTOMER_ID", q."CUSTOMER_NAME", q."CUSTOMER_TYPE", q."REGION", q."REGISTRATION_DATE", q."STATUS"
from (select c."CUSTOMER_ID", c."CUSTOMER_NAME", c."CUSTOMER_TYPE", c."REGION", c."REGISTRATION_DATE", c."STATUS" from (select "CUSTOMER_ID", "CUSTOMER_NAME", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q
order by q."CUSTOMER_ID" asc nulls last
limit ?;

-- How many there are, in which regions and of which types {"limit":1,"total":true,"facets":"region,customerType"}
-- binds: [2]
select q."CUSTOMER_ID", q."CUSTOMER_NAME", q."CUSTOMER_TYPE", q."REGION", q."REGISTRATION_DATE", q."STATUS"
from (select c."CUSTOMER_ID", c."CUSTOMER_NAME", c."CUSTOMER_TYPE", c."REGION", c."REGISTRATION_DATE", c."STATUS" from (select "CUSTOMER_ID", "CUSTOMER_NAME", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q
order by q."CUSTOMER_ID" asc nulls last
limit ?;

-- How many there are, in which regions and of which types {"limit":1,"total":true,"facets":"region,customerType"}, the total
select count(*) as total
from (select c."CUSTOMER_ID", c."CUSTOMER_NAME", c."CUSTOMER_TYPE", c."REGION", c."REGISTRATION_DATE", c."STATUS" from (select "CUSTOMER_ID", "CUSTOMER_NAME", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q;

-- How many there are, in which regions and of which types {"limit":1,"total":true,"facets":"region,customerType"}, the values of region
-- binds: [100]
with f as (
  select q."REGION" as value, count(*) as row_count
  from (select c."CUSTOMER_ID", c."CUSTOMER_NAME", c."CUSTOMER_TYPE", c."REGION", c."REGISTRATION_DATE", c."STATUS" from (select "CUSTOMER_ID", "CUSTOMER_NAME", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q
  group by q."REGION"
)
select f.value, f.row_count, n.all_values
from f
cross join (select count(*) as all_values from f) n
order by f.row_count desc nulls last, f.value asc nulls last
limit ?;

-- How many there are, in which regions and of which types {"limit":1,"total":true,"facets":"region,customerType"}, the values of customerType
-- binds: [100]
with f as (
  select q."CUSTOMER_TYPE" as value, count(*) as row_count
  from (select c."CUSTOMER_ID", c."CUSTOMER_NAME", c."CUSTOMER_TYPE", c."REGION", c."REGISTRATION_DATE", c."STATUS" from (select "CUSTOMER_ID", "CUSTOMER_NAME", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q
  group by q."CUSTOMER_TYPE"
)
select f.value, f.row_count, n.all_values
from f
cross join (select count(*) as all_values from f) n
order by f.row_count desc nulls last, f.value asc nulls last
limit ?;
