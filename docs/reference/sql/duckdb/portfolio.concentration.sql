-- Generated from src/features/ by npm run docs; do not edit. portfolio.concentration: How concentrated the value is on customers, products and categories.

-- The last 12 months {}
-- binds: ["2025-07-01","2024-07-01","2024-07-01","2025-07-01",9177459480,"2024-07-01",9172928520,"2025-06-30","2025-07-01","2024-07-01","2024-07-01","2025-07-01",9177459480,"2024-07-01",9172928520,"2025-06-30"]
with by_customer as (
  select r.customer_id as item_id, sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value
  from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
  group by r.customer_id
),
by_product as (
  select r.product_id as item_id, sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value
  from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
  group by r.product_id
),
by_category as (
  select p.product_category, sum(b.value) as value
  from by_product b
  left join (select "product_id", "product_category" from "products") p on p.product_id = b.item_id
  group by p.product_category
),
amounts as (
  select 'customers' as dimension, b.value, count(*) as items from by_customer b group by b.value
  union all
  select 'products' as dimension, b.value, count(*) as items from by_product b group by b.value
  union all
  select 'categories' as dimension, b.value, count(*) as items from by_category b group by b.value
),
totals as (
  select a.dimension,
    sum(case when a.value > 0 then a.items else 0 end) as items,
    sum(case when a.value > 0 then 0 else a.items end) as items_left_out,
    sum(case when a.value > 0 then a.value * a.items end) as value
  from amounts a
  group by a.dimension
),
levels as (
  select a.dimension, a.value, a.items,
    sum(a.items) over (partition by a.dimension order by a.value desc nulls last range between unbounded preceding and current row) as items_so_far,
    sum(a.value * a.items) over (partition by a.dimension order by a.value desc nulls last range between unbounded preceding and current row) as value_so_far
  from amounts a
  where a.value > 0
),
shared as (
  select l.dimension, l.value, l.items, l.items_so_far,
    cast(l.value * 100 as double) / nullif(cast(t.value * 100 as double), 0) as share,
    cast(l.value_so_far * 100 as double) / nullif(cast(t.value * 100 as double), 0) as share_so_far
  from levels l
  join totals t on t.dimension = l.dimension
),
summed as (
  select t.dimension, t.items, t.items_left_out, t.value,
    sum(l.items * l.share * l.share) as herfindahl,
    sum(cast(l.value as double) * (l.items * (t.items - 2 * l.items_so_far + l.items))) as spread,
    sum(case
    when l.items_so_far <= 1 then l.value * l.items
    when l.items_so_far - l.items < 1 then l.value * (1 - (l.items_so_far - l.items))
    else 0 end) as top_1,
    sum(case
    when l.items_so_far <= 10 then l.value * l.items
    when l.items_so_far - l.items < 10 then l.value * (10 - (l.items_so_far - l.items))
    else 0 end) as top_10,
    sum(case
    when l.items_so_far <= ceil(cast(t.items as double) / 5) then l.value * l.items
    when l.items_so_far - l.items < ceil(cast(t.items as double) / 5) then l.value * (ceil(cast(t.items as double) / 5) - (l.items_so_far - l.items))
    else 0 end) as top_fifth,
    sum(case when l.share_so_far <= 0.8 then l.items else 0 end) as items_a,
    sum(case when l.share_so_far > 0.8 and l.share_so_far <= 0.95 then l.items else 0 end) as items_b,
    sum(case when l.share_so_far > 0.95 then l.items else 0 end) as items_c
  from shared l
  join totals t on t.dimension = l.dimension
  group by t.dimension, t.items, t.items_left_out, t.value
)
select s.dimension, s.items, s.items_left_out, s.value,
  10000 * s.herfindahl as hhi,
  cast(1 as double) / nullif(s.herfindahl, 0) as effective_number,
  case when s.items = 1 then null when cast(s.herfindahl - cast(1 as double) / nullif(s.items, 0) as double) / nullif(1 - cast(1 as double) / nullif(s.items, 0), 0) < 0 then 0 when cast(s.herfindahl - cast(1 as double) / nullif(s.items, 0) as double) / nullif(1 - cast(1 as double) / nullif(s.items, 0), 0) > 1 then 1 else cast(s.herfindahl - cast(1 as double) / nullif(s.items, 0) as double) / nullif(1 - cast(1 as double) / nullif(s.items, 0), 0) end as normalised_hhi,
  cast(case when s.spread < 0 then 0 else s.spread end as double) / nullif(cast(s.items as double) * cast(s.value as double), 0) as gini,
  cast(s.top_1 * 100 as double) / nullif(cast(s.value * 100 as double), 0) as top_share1,
  cast(s.top_10 * 100 as double) / nullif(cast(s.value * 100 as double), 0) as top_share10,
  cast(s.top_fifth * 100 as double) / nullif(cast(s.value * 100 as double), 0) as top_share20_percent,
  s.items_a, s.items_b, s.items_c
from summed s
order by s.items desc nulls last, s.dimension nulls last;

-- Of businesses, 2023 {"from":"2023-01-01","to":"2024-01-01","customer":{"customerType":"business"}}
-- binds: ["2024-01-01","2023-01-01","2023-01-01","2024-01-01",9170663040,"2023-01-01",9166132080,"2025-06-30","business","2024-01-01","2023-01-01","2023-01-01","2024-01-01",9170663040,"2023-01-01",9166132080,"2025-06-30","business"]
with by_customer as (
  select r.customer_id as item_id, sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value
  from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id in (select q."customer_id" from (select c."customer_id", c."customer_type" from (select "customer_id", "customer_type" from "customers") c) q where q."customer_type" = ?) and 1 = 1
  group by r.customer_id
),
by_product as (
  select r.product_id as item_id, sum(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end) as value
  from (select "customer_id", "product_id", "start_date", "end_date", "value", (cast('once' as VARCHAR)) as "value_kind" from "customer_products") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id in (select q."customer_id" from (select c."customer_id", c."customer_type" from (select "customer_id", "customer_type" from "customers") c) q where q."customer_type" = ?) and 1 = 1
  group by r.product_id
),
by_category as (
  select p.product_category, sum(b.value) as value
  from by_product b
  left join (select "product_id", "product_category" from "products") p on p.product_id = b.item_id
  group by p.product_category
),
amounts as (
  select 'customers' as dimension, b.value, count(*) as items from by_customer b group by b.value
  union all
  select 'products' as dimension, b.value, count(*) as items from by_product b group by b.value
  union all
  select 'categories' as dimension, b.value, count(*) as items from by_category b group by b.value
),
totals as (
  select a.dimension,
    sum(case when a.value > 0 then a.items else 0 end) as items,
    sum(case when a.value > 0 then 0 else a.items end) as items_left_out,
    sum(case when a.value > 0 then a.value * a.items end) as value
  from amounts a
  group by a.dimension
),
levels as (
  select a.dimension, a.value, a.items,
    sum(a.items) over (partition by a.dimension order by a.value desc nulls last range between unbounded preceding and current row) as items_so_far,
    sum(a.value * a.items) over (partition by a.dimension order by a.value desc nulls last range between unbounded preceding and current row) as value_so_far
  from amounts a
  where a.value > 0
),
shared as (
  select l.dimension, l.value, l.items, l.items_so_far,
    cast(l.value * 100 as double) / nullif(cast(t.value * 100 as double), 0) as share,
    cast(l.value_so_far * 100 as double) / nullif(cast(t.value * 100 as double), 0) as share_so_far
  from levels l
  join totals t on t.dimension = l.dimension
),
summed as (
  select t.dimension, t.items, t.items_left_out, t.value,
    sum(l.items * l.share * l.share) as herfindahl,
    sum(cast(l.value as double) * (l.items * (t.items - 2 * l.items_so_far + l.items))) as spread,
    sum(case
    when l.items_so_far <= 1 then l.value * l.items
    when l.items_so_far - l.items < 1 then l.value * (1 - (l.items_so_far - l.items))
    else 0 end) as top_1,
    sum(case
    when l.items_so_far <= 10 then l.value * l.items
    when l.items_so_far - l.items < 10 then l.value * (10 - (l.items_so_far - l.items))
    else 0 end) as top_10,
    sum(case
    when l.items_so_far <= ceil(cast(t.items as double) / 5) then l.value * l.items
    when l.items_so_far - l.items < ceil(cast(t.items as double) / 5) then l.value * (ceil(cast(t.items as double) / 5) - (l.items_so_far - l.items))
    else 0 end) as top_fifth,
    sum(case when l.share_so_far <= 0.8 then l.items else 0 end) as items_a,
    sum(case when l.share_so_far > 0.8 and l.share_so_far <= 0.95 then l.items else 0 end) as items_b,
    sum(case when l.share_so_far > 0.95 then l.items else 0 end) as items_c
  from shared l
  join totals t on t.dimension = l.dimension
  group by t.dimension, t.items, t.items_left_out, t.value
)
select s.dimension, s.items, s.items_left_out, s.value,
  10000 * s.herfindahl as hhi,
  cast(1 as double) / nullif(s.herfindahl, 0) as effective_number,
  case when s.items = 1 then null when cast(s.herfindahl - cast(1 as double) / nullif(s.items, 0) as double) / nullif(1 - cast(1 as double) / nullif(s.items, 0), 0) < 0 then 0 when cast(s.herfindahl - cast(1 as double) / nullif(s.items, 0) as double) / nullif(1 - cast(1 as double) / nullif(s.items, 0), 0) > 1 then 1 else cast(s.herfindahl - cast(1 as double) / nullif(s.items, 0) as double) / nullif(1 - cast(1 as double) / nullif(s.items, 0), 0) end as normalised_hhi,
  cast(case when s.spread < 0 then 0 else s.spread end as double) / nullif(cast(s.items as double) * cast(s.value as double), 0) as gini,
  cast(s.top_1 * 100 as double) / nullif(cast(s.value * 100 as double), 0) as top_share1,
  cast(s.top_10 * 100 as double) / nullif(cast(s.value * 100 as double), 0) as top_share10,
  cast(s.top_fifth * 100 as double) / nullif(cast(s.value * 100 as double), 0) as top_share20_percent,
  s.items_a, s.items_b, s.items_c
from summed s
order by s.items desc nulls last, s.dimension nulls last;
