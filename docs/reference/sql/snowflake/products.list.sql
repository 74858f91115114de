-- Generated from src/features/ by npm run docs; do not edit. products.list: Products, one row each.

-- The first products by id {"limit":10}
-- binds: [11]
select q."PRODUCT_ID", q."PRODUCT_NAME", q."PRODUCT_CATEGORY", q."PRODUCT_TYPE", q."LAUNCH_DATE", q."STATUS"
from (select p."PRODUCT_ID", p."PRODUCT_NAME", p."PRODUCT_CATEGORY", p."PRODUCT_TYPE", p."LAUNCH_DATE", p."STATUS" from (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "PRODUCT_TYPE", "LAUNCH_DATE", "STATUS" from "PRODUCTS") p) q
order by q."PRODUCT_ID" asc nulls last
limit ?;
