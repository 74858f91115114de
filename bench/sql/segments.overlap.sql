-- params: {"asOf":"2026-09-30","segments":["tier:A","tier:B","tier:C","lifecycle:returning","lifecycle:churned"]}
-- over customer_facts, the table that customer.facts.sql makes
with counted as (
  select tier, lifecycle, count(*) as customers from customer_facts group by tier, lifecycle
),
segments(place, segment) as (
  values (1, 'tier:A'), (2, 'tier:B'), (3, 'tier:C'), (4, 'lifecycle:returning'), (5, 'lifecycle:churned')
),
inside as (
  select s.place, s.segment, c.tier, c.lifecycle, c.customers
  from segments s
  join counted c on s.segment in ('tier:' || c.tier, 'lifecycle:' || c.lifecycle)
),
own as (
  select s.place, s.segment, coalesce(sum(i.customers), 0) as customers
  from segments s
  left join inside i on i.place = s.place
  group by s.place, s.segment
),
common as (
  select a.place, b.place as other, sum(a.customers) as customers
  from inside a
  join inside b on b.tier = a.tier and b.lifecycle = a.lifecycle
  group by a.place, b.place
)
select a.segment, b.segment as other, coalesce(x.customers, 0) as customers, a.customers as customers_of_segment,
  b.customers as customers_of_other, coalesce(x.customers, 0) / nullif(cast(a.customers as double), 0) as share,
  coalesce(x.customers, 0) / nullif(cast(a.customers + b.customers - coalesce(x.customers, 0) as double), 0) as jaccard
from own a
cross join own b
left join common x on x.place = a.place and x.other = b.place
order by a.place, b.place;
