-- Generated from src/features/ by npm run docs; do not edit. relationships.list: Relationships of customers with products, one row each.

-- The first relationships by id {"limit":10}
-- binds: [11]
select q."relationship_id", q."customer_id", q."product_id", q."relationship_type", q."start_date", q."end_date", q."value", q."value_kind"
from (select r."relationship_id", r."customer_id", r."product_id", r."relationship_type", r."start_date", r."end_date", r."value", r."value_kind" from (select "relationship_id", "customer_id", "product_id", "relationship_type", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r) q
order by q."relationship_id" asc nulls last
limit ?;
