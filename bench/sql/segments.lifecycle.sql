-- params: {"asOf":"2026-09-30"}
-- over customer_facts, the table that customer.facts.sql makes
select lifecycle as stage, count(*) as customers, count(*) / cast(sum(count(*)) over (partition by 1) as double) as share,
  sum(value) as value, sum(value) / nullif(cast(sum(sum(value)) over (partition by 1) as double), 0) as value_share,
  sum(value_monthly) as value_monthly
from customer_facts
group by lifecycle
order by customers desc, stage;
