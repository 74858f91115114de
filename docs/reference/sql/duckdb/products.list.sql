-- Generated from src/features/ by npm run docs; do not edit. products.list: Products, one row each.

-- The first products by id {"limit":10}
-- binds: [11]
select q."product_id", q."product_name", q."product_category", q."product_type", q."launch_date", q."status"
from (select p."product_id", p."product_name", p."product_category", p."product_type", p."launch_date", p."status" from (select "product_id", "product_name", "product_category", "product_type", "launch_date", "status" from "products") p) q
order by q."product_id" asc nulls last
limit ?;
