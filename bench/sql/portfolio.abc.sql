-- params: {"asOf":"2026-09-30"}
with amounts as (
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
ranked as (
  select item_id, value, rank() over (order by value desc) as rank,
    sum(value) over (order by value desc) as so_far, (select sum(value) from amounts where value > 0) as total
  from amounts
  where value > 0
)
select k.item_id, p.product_name as item_name, k.rank, k.value, cast(k.value as double) / cast(k.total as double) as share,
  cast(k.so_far as double) / cast(k.total as double) as cumulative_share,
  case when k.so_far * 100 <= k.total * 80 then 'A' when k.so_far * 100 <= k.total * 95 then 'B' else 'C' end as abc_class
from ranked k
left join products p on p.product_id = k.item_id
order by k.value desc, k.item_id;
