-- params: {"asOf":"2026-09-30"}
-- over customer_facts, the table that customer.facts.sql makes
select tier, count(*) as customers, count(*) / cast(sum(count(*)) over (partition by 1) as double) as share,
  sum(value) as value, sum(value) / nullif(cast(sum(sum(value)) over (partition by 1) as double), 0) as value_share,
  avg(cast(value as double)) as mean_value, min(value) as least_value
from customer_facts
group by tier
order by customers desc, tier;
