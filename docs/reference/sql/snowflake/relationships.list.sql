-- Generated from src/features/ by npm run docs; do not edit. relationships.list: Relationships of customers with products, one row each.

-- The first relationships by id {"limit":10}
-- binds: [11]
select q."RELATIONSHIP_ID", q."CUSTOMER_ID", q."PRODUCT_ID", q."RELATIONSHIP_TYPE", q."START_DATE", q."END_DATE", q."VALUE", q."VALUE_KIND"
from (select r."RELATIONSHIP_ID", r."CUSTOMER_ID", r."PRODUCT_ID", r."RELATIONSHIP_TYPE", r."START_DATE", r."END_DATE", r."VALUE", r."VALUE_KIND" from (select "RELATIONSHIP_ID", "CUSTOMER_ID", "PRODUCT_ID", "RELATIONSHIP_TYPE", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r) q
order by q."RELATIONSHIP_ID" asc nulls last
limit ?;
