-- Generated from src/features/ by npm run docs; do not edit. customers.list: Customers, one row each.

-- The first customers by id {"limit":10}
-- binds: [11]
select q."customer_id", q."customer_name", q."customer_type", q."region", q."registration_date", q."status"
from (select c."customer_id", c."customer_name", c."customer_type", c."region", c."registration_date", c."status" from (select "customer_id", "customer_name", "customer_type", "region", "registration_date", "status" from "customers") c) q
order by q."customer_id" asc nulls last
limit ?;
