-- params: {"asOf":"2026-09-30"}
-- over customer_facts, the table that customer.facts.sql makes
select rfm_segment as segment, count(*) as customers, count(*) / cast(sum(count(*)) over (partition by 1) as double) as share,
  sum(value) as value, sum(value) / nullif(cast(sum(sum(value)) over (partition by 1) as double), 0) as value_share,
  avg(recency_days) as mean_recency_days, avg(frequency) as mean_frequency, avg(cast(monetary as double)) as mean_monetary
from customer_facts
group by rfm_segment
order by customers desc, segment;
