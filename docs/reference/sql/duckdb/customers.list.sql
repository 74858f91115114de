-- Generated from src/features/ by npm run docs; do not edit. customers.list: Customers, one row each.

-- The first customers by id {"limit":10}
-- binds: [11]
select q."customer_id", q."customer_name", q."customer_type", q."region", q."registration_date", q."status"
from (select c."customer_id", c."customer_name", c."customer_type", c."region", c."registration_date", c."status" from (select "customer_id", "customer_name", "customer_type", "region", "registration_date", "status" from "customers") c) q
order by q."customer_id" asc nulls last
limit ?;

-- How many there are, in which regions and of which types {"limit":1,"total":true,"facets":"region,customerType"}
-- binds: [2]
select q."customer_id", q."customer_name", q."customer_type", q."region", q."registration_date", q."status"
from (select c."customer_id", c."customer_name", c."customer_type", c."region", c."registration_date", c."status" from (select "customer_id", "customer_name", "customer_type", "region", "registration_date", "status" from "customers") c) q
order by q."customer_id" asc nulls last
limit ?;

-- How many there are, in which regions and of which types {"limit":1,"total":true,"facets":"region,customerType"}, the total
select count(*) as total
from (select c."customer_id", c."customer_name", c."customer_type", c."region", c."registration_date", c."status" from (select "customer_id", "customer_name", "customer_type", "region", "registration_date", "status" from "customers") c) q;

-- How many there are, in which regions and of which types {"limit":1,"total":true,"facets":"region,customerType"}, the values of region
-- binds: [100]
with f as (
  select q."region" as value, count(*) as row_count
  from (select c."customer_id", c."customer_name", c."customer_type", c."region", c."registration_date", c."status" from (select "customer_id", "customer_name", "customer_type", "region", "registration_date", "status" from "customers") c) q
  group by q."region"
)
select f.value, f.row_count, n.all_values
from f
cross join (select count(*) as all_values from f) n
order by f.row_count desc nulls last, f.value asc nulls last
limit ?;

-- How many there are, in which regions and of which types {"limit":1,"total":true,"facets":"region,customerType"}, the values of customerType
-- binds: [100]
with f as (
  select q."customer_type" as value, count(*) as row_count
  from (select c."customer_id", c."customer_name", c."customer_type", c."region", c."registration_date", c."status" from (select "customer_id", "customer_name", "customer_type", "region", "registration_date", "status" from "customers") c) q
  group by q."customer_type"
)
select f.value, f.row_count, n.all_values
from f
cross join (select count(*) as all_values from f) n
order by f.row_count desc nulls last, f.value asc nulls last
limit ?;
