-- params: {"asOf":"2026-09-30","customerId":"C0000042","include":["attributes","holdings","tenure","activity","value","rfm","lifecycle","warnings"]}
-- over customer_facts, the table that customer.facts.sql makes
with held as (
  select r.product_id, any_value(p.product_name) as product_name, any_value(p.product_category) as category,
    count(p.product_id) > 0 as is_described,
    min(r.start_date) filter (where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)) as first_start,
    max(r.start_date) filter (where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)) as last_start,
    count(case when r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date > date '2026-09-30') then 1 end) > 0 as is_active,
    count(case when r.start_date is null then 1 end) as without_start,
    count(case when r.end_date < r.start_date then 1 end) as ends_before_start,
    count(case when r.start_date > date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date) then 1 end) as starts_later
  from customer_products r
  left join products p on p.product_id = r.product_id
  where r.customer_id = 'C0000042'
  group by r.product_id
)
select c.*, f.*, h.*
from customers c
join customer_facts f on f.customer_id = c.customer_id
cross join (
  select list({ product_id: product_id, product_name: product_name, category: category, first_start: first_start,
      last_start: last_start, is_active: is_active } order by category nulls last, product_id) filter (where first_start is not null) as holdings,
    min(first_start) as first_start, max(last_start) as last_start, sum(without_start) as without_start,
    sum(ends_before_start) as ends_before_start, sum(starts_later) as starts_later, count(case when not is_described then 1 end) as unknown_products
  from held
) h
where c.customer_id = 'C0000042' and f.customer_id = 'C0000042';
