-- params: {"asOf":"2026-09-30","segmentId":"lifecycle:new"}
-- over customer_facts, the table that customer.facts.sql makes
select f.*, c.customer_name, c.customer_type, c.region
from customer_facts f
join customers c on c.customer_id = f.customer_id
where f.lifecycle = 'new'
order by f.customer_id;
