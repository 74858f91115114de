-- params: {"asOf":"2026-09-30"}
with by_customer as (
  select r.customer_id as item_id, sum(case
      when r.relationship_type is distinct from 'subscription' then case when r.start_date between date '2025-10-01' and date '2026-10-01' - 1 then r.value else 0 end
      when r.start_date < date '2026-10-01' and (r.end_date is null or r.end_date > date '2025-10-01') then cast(round(cast(r.value as double) * (
        case when r.end_date < date '2026-10-01' then (12 * year(r.end_date) + month(r.end_date) - 1 + cast(day(r.end_date) - 1 as double) / day(last_day(r.end_date))) else 24321 end
        - case when r.start_date < date '2025-10-01' then 24309 else (12 * year(r.start_date) + month(r.start_date) - 1 + cast(day(r.start_date) - 1 as double) / day(last_day(r.start_date))) end), 2) as decimal(18, 2))
      else 0 end) as value
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by r.customer_id
),
by_product as (
  select r.product_id as item_id, sum(case
      when r.relationship_type is distinct from 'subscription' then case when r.start_date between date '2025-10-01' and date '2026-10-01' - 1 then r.value else 0 end
      when r.start_date < date '2026-10-01' and (r.end_date is null or r.end_date > date '2025-10-01') then cast(round(cast(r.value as double) * (
        case when r.end_date < date '2026-10-01' then (12 * year(r.end_date) + month(r.end_date) - 1 + cast(day(r.end_date) - 1 as double) / day(last_day(r.end_date))) else 24321 end
        - case when r.start_date < date '2025-10-01' then 24309 else (12 * year(r.start_date) + month(r.start_date) - 1 + cast(day(r.start_date) - 1 as double) / day(last_day(r.start_date))) end), 2) as decimal(18, 2))
      else 0 end) as value
  from customer_products r
  where r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date >= r.start_date)
  group by r.product_id
),
amounts as (
  select 'customers' as dimension, item_id, value from by_customer
  union all
  select 'products', item_id, value from by_product
  union all
  select 'categories', p.product_category, sum(b.value) from by_product b left join products p on p.product_id = b.item_id group by p.product_category
),
ranked as (
  select dimension, value, row_number() over (partition by dimension order by value desc) as place,
    sum(value) over (partition by dimension order by value desc) as so_far
  from amounts
  where value > 0
),
totals as (
  select dimension, count(case when value > 0 then 1 end) as n, count(*) as all_items, sum(case when value > 0 then value end) as total
  from amounts
  group by dimension
),
figures as (
  select t.dimension, t.n, t.all_items, t.total,
    sum((cast(k.value as double) / cast(t.total as double)) ** 2) as h,
    sum((t.n + 1 - 2 * k.place) * cast(k.value as double)) / (t.n * cast(t.total as double)) as gini,
    sum(case when k.place <= 1 then k.value end) as top_1, sum(case when k.place <= 10 then k.value end) as top_10,
    sum(case when k.place <= ceil(t.n / 5) then k.value end) as top_fifth,
    count(case when k.so_far * 100 <= t.total * 80 then 1 end) as items_a,
    count(case when k.so_far * 100 > t.total * 80 and k.so_far * 100 <= t.total * 95 then 1 end) as items_b
  from ranked k
  join totals t on t.dimension = k.dimension
  group by t.dimension, t.n, t.all_items, t.total
)
select dimension, n as items, all_items - n as items_left_out, total as value, 10000 * h as hhi, 1 / h as effective_number,
  case when n > 1 then (h - 1 / n) / (1 - 1 / n) end as normalised_hhi, gini, top_1 / cast(total as double) as top_share1,
  top_10 / cast(total as double) as top_share10, top_fifth / cast(total as double) as top_share20_percent,
  items_a, items_b, n - items_a - items_b as items_c
from figures
order by n desc, dimension;
