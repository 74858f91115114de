-- Generated from src/features/ by npm run docs; do not edit. portfolio.abc: Which products or customers bring most of the value.

-- Products of the last 12 months {}
-- binds: ["2025-07-01","2024-07-01","2024-07-01","2025-07-01",9177459480,"2024-07-01",9172928520,"2025-06-30",101]
select q."ITEM_ID", q."ITEM_NAME", q."RANK", q."VALUE", q."SHARE", q."CUMULATIVE_SHARE", q."ABC_CLASS"
from (with amounts as (
  select r.product_id as item_id, sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
  group by r.product_id
),
ranked as (
  select a.item_id, a.value,
    rank() over (order by a.value desc nulls last) as rank,
    sum(a.value) over (order by a.value desc nulls last range between unbounded preceding and current row) as value_so_far
  from amounts a
  where a.value > 0
),
shared as (
  select k.item_id, k.rank, k.value,
    cast(k.value * 100 as double) / nullif(cast(t.value * 100 as double), 0) as share,
    cast(k.value_so_far * 100 as double) / nullif(cast(t.value * 100 as double), 0) as cumulative_share
  from ranked k
  cross join (select sum(x.value) as value from ranked x) t
)
select s.item_id, n.item_name, s.rank, s.value, s.share, s.cumulative_share,
  case when s.cumulative_share <= 0.8 then 'A' when s.cumulative_share > 0.8 and s.cumulative_share <= 0.95 then 'B' else 'C' end as abc_class
from shared s
left join (select p.product_id as item_id, p.product_name as item_name from (select "PRODUCT_ID", "PRODUCT_NAME" from "PRODUCTS") p) n on n.item_id = s.item_id) q
order by q."VALUE" desc nulls last, q."ITEM_ID" asc nulls last
limit ?;

-- Customers since 2022 {"dimension":"customers","from":"2022-01-01"}
-- binds: ["2025-07-01","2022-01-01","2022-01-01","2025-07-01",9177459480,"2022-01-01",9161601120,"2025-06-30",101]
select q."ITEM_ID", q."ITEM_NAME", q."RANK", q."VALUE", q."SHARE", q."CUMULATIVE_SHARE", q."ABC_CLASS"
from (with amounts as (
  select r.customer_id as item_id, sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
  group by r.customer_id
),
ranked as (
  select a.item_id, a.value,
    rank() over (order by a.value desc nulls last) as rank,
    sum(a.value) over (order by a.value desc nulls last range between unbounded preceding and current row) as value_so_far
  from amounts a
  where a.value > 0
),
shared as (
  select k.item_id, k.rank, k.value,
    cast(k.value * 100 as double) / nullif(cast(t.value * 100 as double), 0) as share,
    cast(k.value_so_far * 100 as double) / nullif(cast(t.value * 100 as double), 0) as cumulative_share
  from ranked k
  cross join (select sum(x.value) as value from ranked x) t
)
select s.item_id, n.item_name, s.rank, s.value, s.share, s.cumulative_share,
  case when s.cumulative_share <= 0.8 then 'A' when s.cumulative_share > 0.8 and s.cumulative_share <= 0.95 then 'B' else 'C' end as abc_class
from shared s
left join (select c.customer_id as item_id, c.customer_name as item_name from (select "CUSTOMER_ID", "CUSTOMER_NAME" from "CUSTOMERS") c) n on n.item_id = s.item_id) q
order by q."VALUE" desc nulls last, q."ITEM_ID" asc nulls last
limit ?;
