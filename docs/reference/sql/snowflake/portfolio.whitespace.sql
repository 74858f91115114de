-- Generated from src/features/ by npm run docs; do not edit. portfolio.whitespace: Which products which segments do not have, and what that may be worth.

-- The twenty most valuable gaps of value tiers {"limit":20}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30",60,"2025-06-30","2025-06-30",9177459480,"2025-06-30",60,60,"2024-07-01",9172928520,9172928520,"2025-04-02","2025-04-02","2025-04-02","2025-04-02","2025-06-30","none",4,5,4,5,4,5,"champions",1,2,4,5,4,5,"cannot lose",3,5,4,5,"loyal",3,5,3,3,5,"loyal",4,5,2,3,"potential loyalist",5,1,"new",4,1,"promising",3,2,3,"need attention",3,1,"about to sleep",2,2,"about to sleep",1,2,3,5,"at risk",1,1,2,1,2,"lost",1,2,1,2,"hibernating","2025-04-02","2024-07-01",90,0.8,0.95,"2025-07-01","0001-01-01","0001-01-01","2025-07-01",9177459480,"0001-01-01",4530960,"2025-06-30","2025-06-30","2025-06-30","2025-06-30",20]
with held as (
  select r.customer_id, count(distinct r.product_id) as products
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1 and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date)))
  group by r.customer_id
),
members as (
  select g.customer_id, g.segment, dense_rank() over (order by g.segment nulls last) as segment_number,
    coalesce(h.products, 0) as products
  from (select e.customer_id, f.tier as segment
  from (select c.customer_id, c.customer_type, c.region
  from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE" from "CUSTOMERS") c
  left join (
    select distinct r.customer_id
    from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
    join (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE" from "CUSTOMERS") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and 1 = 1) e
  join (with numbered as (
  select k.product_id, cast(row_number() over (order by k.product_id nulls last) * 4 + 2 as integer) as product_bits,
    case when g.category_number <= ? then bitmap_bit_position(g.category_number) end as category_bit,
    g.category_number
  from (select r.product_id from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r group by r.product_id) k
  left join (select "PRODUCT_ID", "PRODUCT_CATEGORY" from "PRODUCTS") p on p.product_id = k.product_id
  left join (
    select c.category_id, row_number() over (order by c.category_id nulls last) as category_number
    from (select p.product_category as category_id from (select "PRODUCT_ID", "PRODUCT_CATEGORY" from "PRODUCTS") p where p.product_category is not null group by p.product_category) c
  ) g on g.category_id = p.product_category
),
counted as (
  select r.customer_id, r.start_date, r.end_date, p.product_bits, p.category_bit, p.category_number,
    cast(r.value * 100 as bigint) as cents,
    case when (r.end_date is null or r.end_date > cast(? as date)) then 1 else 0 end as active,
    case when r.value_kind = 'monthly' then 1 else 0 end as monthly,
    case when r.value_kind = 'monthly' then ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end as starts_at,
    case when r.value_kind <> 'monthly' then null when (r.end_date is null or r.end_date > cast(? as date)) then ? else ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end as ends_at
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  left join numbered p on p.product_id = r.product_id
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
),
priced as (
  select r.customer_id, r.start_date, r.end_date, r.category_bit, r.category_number, r.cents, r.active, r.monthly, r.ends_at,
    case when r.monthly = 1 then cast(round(cast(cast(r.cents as double) * (r.ends_at - r.starts_at) as double) / 377580) as bigint) else r.cents end as amount,
    coalesce(r.product_bits, 0) + r.active as product
  from counted r
),
activity as (
  select r.customer_id,
    count(*) as relationships,
    count(case when r.active = 1 then 1 end) as active_relationships,
    min(r.start_date) as first_start,
    max(r.start_date) as last_start,
    count(distinct case when bitand(r.product, 2) = 2 then bitand(bitshiftright(r.product, 2), 536870911) end) as products,
    case when count(distinct case when bitand(r.product, 2) = 2 then bitand(bitshiftright(r.product, 2), 536870911) end) = count(*) then count(case when r.active = 1 then 1 end)
      else count(distinct case when bitand(r.product, 3) = 3 then bitand(bitshiftright(r.product, 2), 536870911) end) end as active_products,
    coalesce(bitmap_count(bitmap_construct_agg(r.category_bit)), 0) + count(distinct case when r.category_number > ? then r.category_number end) as categories,
    coalesce(bitmap_count(bitmap_construct_agg(case when r.active = 1 then r.category_bit end)), 0) + count(distinct case when r.category_number > ? and r.active = 1 then r.category_number end) as active_categories,
    count(distinct r.start_date) as frequency,
    sum(r.amount) as value,
    sum(case when r.start_date >= cast(? as date) then r.amount
      when r.monthly = 1 and r.ends_at > ? then cast(round(cast(cast(r.cents as double) * (r.ends_at - ?) as double) / 377580) as bigint) end) as value_12_months,
    sum(r.amount) as monetary,
    sum(case when r.monthly = 1 and r.active = 1 then r.cents end) as value_monthly,
    max(case when r.monthly = 1 and r.active = 1 then 1 else 0 end) as subscribes,
    min(case when r.start_date >= cast(? as date) then r.start_date end) as next_start,
    max(case when r.start_date >= cast(? as date) then null
      when r.monthly = 0 then r.start_date
      when r.end_date < cast(? as date) then r.end_date
      else cast(? as date) end) as previous_activity
  from priced r
  group by r.customer_id
),
valued as (
  select c.customer_id, c.customer_type, c.region, cast(coalesce(a.value, 0) as bigint) as value,
    cast(coalesce(a.monetary, 0) as bigint) as monetary, coalesce(a.frequency, 0) as frequency, a.last_start
  from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION" from "CUSTOMERS") c
  left join activity a on a.customer_id = c.customer_id
),
totals as (
  select count(*) as total,
    count(case when v.frequency > 0 then 1 end) as population,
    coalesce(sum(case when v.value > 0 then v.value end), 0) as positive_value
  from valued v
),
placed as (
  select v.customer_id, v.value,
    rank() over (order by v.value desc nulls last) as value_rank,
    sum(case when v.value > 0 then v.value else 0 end) over (order by v.value desc nulls last range between unbounded preceding and current row) as value_so_far,
    rank() over (partition by v.customer_type order by v.value desc nulls last) as value_rank_in_type,
    count(*) over (partition by v.customer_type) as total_in_type,
    rank() over (partition by v.region order by v.value desc nulls last) as value_rank_in_region,
    count(*) over (partition by v.region) as total_in_region,
    1 as monetary_rank
  from valued v
),
recency as (
  select m.measure, sum(m.customers) over (order by m.measure nulls last range between unbounded preceding and current row) as customers
  from (select v.last_start as measure, count(*) as customers from valued v where v.frequency > 0 group by v.last_start) m
),
frequencies as (
  select m.measure, sum(m.customers) over (order by m.measure nulls last range between unbounded preceding and current row) as customers
  from (select v.frequency as measure, count(*) as customers from valued v where v.frequency > 0 group by v.frequency) m
),
scored as (
  select p.customer_id, a.first_start, a.last_start,
    coalesce(a.relationships, 0) as relationships, coalesce(a.active_relationships, 0) as active_relationships,
    coalesce(a.products, 0) as products, coalesce(a.active_products, 0) as active_products,
    coalesce(a.categories, 0) as categories, coalesce(a.active_categories, 0) as active_categories,
    coalesce(a.frequency, 0) as frequency,
    p.value, coalesce(a.value_12_months, 0) as value_12_months,
    coalesce(a.value_monthly, 0) as value_monthly, coalesce(a.monetary, 0) as monetary,
    a.subscribes, a.next_start, a.previous_activity, p.value_rank, p.value_so_far,
    p.value_rank_in_type, p.total_in_type, p.value_rank_in_region, p.total_in_region, t.total, t.positive_value,
    cast(ceil(cast(5 * (r.customers) as double) / nullif(t.population, 0)) as integer) as recency_score,
    cast(ceil(cast(5 * (f.customers) as double) / nullif(t.population, 0)) as integer) as frequency_score,
    cast(ceil(cast(5 * (case when a.frequency > 0 then t.total - p.value_rank + 1 - case when p.value >= 0 then t.total - t.population else 0 end end) as double) / nullif(t.population, 0)) as integer) as monetary_score
  from placed p
  left join activity a on a.customer_id = p.customer_id
  cross join totals t
  left join recency r on r.measure = case when a.frequency > 0 then a.last_start end
  left join frequencies f on f.measure = case when a.frequency > 0 then a.frequency end
)
select s.customer_id, s.first_start, s.last_start, s.relationships, s.active_relationships, s.products, s.active_products,
  s.categories, s.active_categories,
  cast(s.value as decimal(30, 0)) * 0.01 as value, cast(s.value_12_months as decimal(30, 0)) * 0.01 as value12_months, cast(s.value_monthly as decimal(30, 0)) * 0.01 as value_monthly,
  s.value_rank, s.value_rank_in_type, s.value_rank_in_region,
  cast(s.total - s.value_rank + 1 as double) / nullif(s.total, 0) as value_percentile,
  cast(s.total_in_type - s.value_rank_in_type + 1 as double) / nullif(s.total_in_type, 0) as value_percentile_in_type,
  cast(s.total_in_region - s.value_rank_in_region + 1 as double) / nullif(s.total_in_region, 0) as value_percentile_in_region,
  datediff('day', s.last_start, cast(? as date)) as recency_days, s.frequency, cast(s.monetary as decimal(30, 0)) * 0.01 as monetary,
  s.recency_score, s.frequency_score, s.monetary_score, case when recency_score is null then ?
when recency_score between ? and ? and frequency_score between ? and ? and monetary_score between ? and ? then ?
when recency_score between ? and ? and frequency_score between ? and ? and monetary_score between ? and ? then ?
when recency_score between ? and ? and frequency_score between ? and ? then ?
when recency_score between ? and ? and frequency_score = ? and monetary_score between ? and ? then ?
when recency_score between ? and ? and frequency_score between ? and ? then ?
when recency_score = ? and frequency_score = ? then ?
when recency_score = ? and frequency_score = ? then ?
when recency_score = ? and frequency_score between ? and ? then ?
when recency_score = ? and frequency_score = ? then ?
when recency_score = ? and frequency_score = ? then ?
when recency_score between ? and ? and frequency_score between ? and ? then ?
when recency_score = ? and frequency_score between ? and ? and monetary_score between ? and ? then ?
when recency_score between ? and ? and frequency_score between ? and ? then ?
end as rfm_segment,
  case
    when s.relationships = 0 then 'none'
    when s.first_start >= cast(? as date) then 'new'
    when s.next_start is null and s.subscribes = 0 then
      case when s.previous_activity >= cast(? as date) then 'dormant' else 'churned' end
    when datediff('day', s.previous_activity, s.next_start) > ? then 'resurrected'
    else 'returning' end as lifecycle,
  case when s.value <= 0 then 'C'
    when cast(s.value_so_far as double) / nullif(cast(s.positive_value as double), 0) <= ? then 'A'
    when cast(s.value_so_far as double) / nullif(cast(s.positive_value as double), 0) <= ? then 'B'
    else 'C' end as tier
from scored s) f on f.customer_id = e.customer_id) g
  left join held h on h.customer_id = g.customer_id
),
pairs as (
  select r.customer_id, r.product_id, sum(cast(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end * 100 as double)) as cents
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
    and 1 = 1 and 1 = 1
  group by r.customer_id, r.product_id
  having max(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) = 1
),
owned as (
  select m.segment_number, m.products, p.product_id, p.cents
  from pairs p
  join members m on m.customer_id = p.customer_id
),
medians as (
  select o.segment_number, o.product_id, count(*) as owners,
    cast(median(cast(o.cents as double)) as double) / 100 as median_value
  from owned o
  group by o.segment_number, o.product_id
),
levels as (
  select m.segment_number, m.products, count(*) as customers
  from members m
  group by m.segment_number, m.products
),
ranked as (
  select l.segment_number, l.products, l.customers,
    dense_rank() over (partition by l.segment_number order by l.products nulls last) as level_id,
    sum(l.customers) over (partition by l.segment_number order by l.products desc nulls last range between unbounded preceding and current row) as customers_from
  from levels l
),
summed as (
  select k.segment_number, k.products, k.customers, k.level_id, k.customers_from,
    sum(cast(k.customers as double) / nullif(k.customers_from, 0))
      over (partition by k.segment_number order by k.level_id nulls last range between unbounded preceding and current row) as h_up_to
  from ranked k
),
rungs as (
  select k.segment_number, k.products, k.customers, k.level_id, k.customers_from, k.h_up_to,
    lag(k.h_up_to) over (partition by k.segment_number order by k.level_id nulls last) as h_before
  from summed k
),
owners as (
  select o.segment_number, o.product_id, o.products, count(*) as owners
  from owned o
  group by o.segment_number, o.product_id, o.products
),
steps as (
  select o.segment_number, o.product_id, o.owners, k.customers, k.customers_from, k.h_before,
    sum(o.owners) over (partition by o.segment_number, o.product_id order by o.products desc nulls last range between unbounded preceding and current row) as owners_from,
    lag(k.h_up_to) over (partition by o.segment_number, o.product_id order by k.level_id nulls last) as h_passed
  from owners o
  join rungs k on k.segment_number = o.segment_number and k.products = o.products
),
likely as (
  select s.segment_number, s.product_id,
    sum((coalesce(s.h_before, 0) - coalesce(s.h_passed, 0)) * s.owners_from
      + coalesce(cast((s.customers - s.owners) * (s.owners_from - s.owners) as double) / nullif(s.customers_from - s.owners, 0), 0)) as buyers
  from steps s
  group by s.segment_number, s.product_id
),
segments as (
  select m.segment_number, m.segment, count(*) as customers
  from members m
  group by m.segment_number, m.segment
),
cells as (
  select g.segment, g.customers, p.product_id, p.product_name, p.product_category,
    coalesce(d.owners, 0) as owners, d.median_value, coalesce(l.buyers, 0) as buyers
  from segments g
  cross join (select p.product_id, p.product_name, p.product_category
  from (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "LAUNCH_DATE" from "PRODUCTS") p
  left join (select distinct o.product_id from owned o) s on s.product_id = p.product_id
  where (p.launch_date is null or p.launch_date <= cast(? as date) or s.product_id is not null)
    and 1 = 1) p
  left join medians d on d.segment_number = g.segment_number and d.product_id = p.product_id
  left join likely l on l.segment_number = g.segment_number and l.product_id = p.product_id
)
select c.segment, c.customers, c.owners, cast(c.owners as double) / nullif(c.customers, 0) as owned_share,
  c.product_id, c.product_name, c.product_category, c.customers - c.owners as gap, c.median_value,
  cast(c.buyers as double) / nullif(c.customers - c.owners, 0) as probability,
  cast(round(coalesce(c.buyers * c.median_value, 0), 2) as decimal(38, 2)) as value
from cells c
order by value desc nulls last, c.segment nulls last, c.product_id nulls last
limit ?;

-- Active products by region, among businesses {"by":"region","customer":{"customerType":"business"},"product":{"status":"active"},"limit":20}
-- binds: ["2025-06-30","business","2025-06-30","2025-06-30","2025-06-30","2025-06-30","2025-06-30","business","2025-07-01","0001-01-01","0001-01-01","2025-07-01",9177459480,"0001-01-01",4530960,"2025-06-30","business","active","2025-06-30","2025-06-30","2025-06-30","active",20]
with held as (
  select r.customer_id, count(distinct r.product_id) as products
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and r.customer_id in (select q."CUSTOMER_ID" from (select c."CUSTOMER_ID", c."CUSTOMER_TYPE" from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q where q."CUSTOMER_TYPE" = ?) and 1 = 1 and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date)))
  group by r.customer_id
),
members as (
  select g.customer_id, g.segment, dense_rank() over (order by g.segment nulls last) as segment_number,
    coalesce(h.products, 0) as products
  from (select e.customer_id, e.region as segment
  from (select c.customer_id, c.customer_type, c.region
  from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c
  left join (
    select distinct r.customer_id
    from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
    join (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and c.customer_id in (select q."CUSTOMER_ID" from (select c."CUSTOMER_ID", c."CUSTOMER_TYPE" from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q where q."CUSTOMER_TYPE" = ?)) e) g
  left join held h on h.customer_id = g.customer_id
),
pairs as (
  select r.customer_id, r.product_id, sum(cast(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end * 100 as double)) as cents
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
    and r.customer_id in (select q."CUSTOMER_ID" from (select c."CUSTOMER_ID", c."CUSTOMER_TYPE" from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE", "STATUS" from "CUSTOMERS") c) q where q."CUSTOMER_TYPE" = ?) and r.product_id in (select q."PRODUCT_ID" from (select c."PRODUCT_ID", c."STATUS" from (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "LAUNCH_DATE", "STATUS" from "PRODUCTS") c) q where q."STATUS" = ?)
  group by r.customer_id, r.product_id
  having max(case when (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date > cast(? as date))) then 1 else 0 end) = 1
),
owned as (
  select m.segment_number, m.products, p.product_id, p.cents
  from pairs p
  join members m on m.customer_id = p.customer_id
),
medians as (
  select o.segment_number, o.product_id, count(*) as owners,
    cast(median(cast(o.cents as double)) as double) / 100 as median_value
  from owned o
  group by o.segment_number, o.product_id
),
levels as (
  select m.segment_number, m.products, count(*) as customers
  from members m
  group by m.segment_number, m.products
),
ranked as (
  select l.segment_number, l.products, l.customers,
    dense_rank() over (partition by l.segment_number order by l.products nulls last) as level_id,
    sum(l.customers) over (partition by l.segment_number order by l.products desc nulls last range between unbounded preceding and current row) as customers_from
  from levels l
),
summed as (
  select k.segment_number, k.products, k.customers, k.level_id, k.customers_from,
    sum(cast(k.customers as double) / nullif(k.customers_from, 0))
      over (partition by k.segment_number order by k.level_id nulls last range between unbounded preceding and current row) as h_up_to
  from ranked k
),
rungs as (
  select k.segment_number, k.products, k.customers, k.level_id, k.customers_from, k.h_up_to,
    lag(k.h_up_to) over (partition by k.segment_number order by k.level_id nulls last) as h_before
  from summed k
),
owners as (
  select o.segment_number, o.product_id, o.products, count(*) as owners
  from owned o
  group by o.segment_number, o.product_id, o.products
),
steps as (
  select o.segment_number, o.product_id, o.owners, k.customers, k.customers_from, k.h_before,
    sum(o.owners) over (partition by o.segment_number, o.product_id order by o.products desc nulls last range between unbounded preceding and current row) as owners_from,
    lag(k.h_up_to) over (partition by o.segment_number, o.product_id order by k.level_id nulls last) as h_passed
  from owners o
  join rungs k on k.segment_number = o.segment_number and k.products = o.products
),
likely as (
  select s.segment_number, s.product_id,
    sum((coalesce(s.h_before, 0) - coalesce(s.h_passed, 0)) * s.owners_from
      + coalesce(cast((s.customers - s.owners) * (s.owners_from - s.owners) as double) / nullif(s.customers_from - s.owners, 0), 0)) as buyers
  from steps s
  group by s.segment_number, s.product_id
),
segments as (
  select m.segment_number, m.segment, count(*) as customers
  from members m
  group by m.segment_number, m.segment
),
cells as (
  select g.segment, g.customers, p.product_id, p.product_name, p.product_category,
    coalesce(d.owners, 0) as owners, d.median_value, coalesce(l.buyers, 0) as buyers
  from segments g
  cross join (select p.product_id, p.product_name, p.product_category
  from (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "LAUNCH_DATE", "STATUS" from "PRODUCTS") p
  left join (select distinct o.product_id from owned o) s on s.product_id = p.product_id
  where (p.launch_date is null or p.launch_date <= cast(? as date) or s.product_id is not null)
    and p.product_id in (select q."PRODUCT_ID" from (select c."PRODUCT_ID", c."STATUS" from (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "LAUNCH_DATE", "STATUS" from "PRODUCTS") c) q where q."STATUS" = ?)) p
  left join medians d on d.segment_number = g.segment_number and d.product_id = p.product_id
  left join likely l on l.segment_number = g.segment_number and l.product_id = p.product_id
)
select c.segment, c.customers, c.owners, cast(c.owners as double) / nullif(c.customers, 0) as owned_share,
  c.product_id, c.product_name, c.product_category, c.customers - c.owners as gap, c.median_value,
  cast(c.buyers as double) / nullif(c.customers - c.owners, 0) as probability,
  cast(round(coalesce(c.buyers * c.median_value, 0), 2) as decimal(38, 2)) as value
from cells c
order by value desc nulls last, c.segment nulls last, c.product_id nulls last
limit ?;

-- Lifecycle stages, by what customers ever had {"by":"lifecycle","ownership":"ever","limit":20}
-- binds: ["2025-06-30","2025-06-30","2025-06-30","2025-06-30",60,"2025-06-30","2025-06-30",9177459480,"2025-06-30",60,60,"2024-07-01",9172928520,9172928520,"2025-04-02","2025-04-02","2025-04-02","2025-04-02","2025-06-30","none",4,5,4,5,4,5,"champions",1,2,4,5,4,5,"cannot lose",3,5,4,5,"loyal",3,5,3,3,5,"loyal",4,5,2,3,"potential loyalist",5,1,"new",4,1,"promising",3,2,3,"need attention",3,1,"about to sleep",2,2,"about to sleep",1,2,3,5,"at risk",1,1,2,1,2,"lost",1,2,1,2,"hibernating","2025-04-02","2024-07-01",90,0.8,0.95,"2025-07-01","0001-01-01","0001-01-01","2025-07-01",9177459480,"0001-01-01",4530960,"2025-06-30","2025-06-30",20]
with held as (
  select r.customer_id, count(distinct r.product_id) as products
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date)) and 1 = 1 and 1 = 1
  group by r.customer_id
),
members as (
  select g.customer_id, g.segment, dense_rank() over (order by g.segment nulls last) as segment_number,
    coalesce(h.products, 0) as products
  from (select e.customer_id, f.lifecycle as segment
  from (select c.customer_id, c.customer_type, c.region
  from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE" from "CUSTOMERS") c
  left join (
    select distinct r.customer_id
    from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
    join (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION", "REGISTRATION_DATE" from "CUSTOMERS") k on k.customer_id = r.customer_id
    where k.registration_date > cast(? as date) and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= cast(? as date) or l.customer_id is not null)
    and 1 = 1) e
  join (with numbered as (
  select k.product_id, cast(row_number() over (order by k.product_id nulls last) * 4 + 2 as integer) as product_bits,
    case when g.category_number <= ? then bitmap_bit_position(g.category_number) end as category_bit,
    g.category_number
  from (select r.product_id from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r group by r.product_id) k
  left join (select "PRODUCT_ID", "PRODUCT_CATEGORY" from "PRODUCTS") p on p.product_id = k.product_id
  left join (
    select c.category_id, row_number() over (order by c.category_id nulls last) as category_number
    from (select p.product_category as category_id from (select "PRODUCT_ID", "PRODUCT_CATEGORY" from "PRODUCTS") p where p.product_category is not null group by p.product_category) c
  ) g on g.category_id = p.product_category
),
counted as (
  select r.customer_id, r.start_date, r.end_date, p.product_bits, p.category_bit, p.category_number,
    cast(r.value * 100 as bigint) as cents,
    case when (r.end_date is null or r.end_date > cast(? as date)) then 1 else 0 end as active,
    case when r.value_kind = 'monthly' then 1 else 0 end as monthly,
    case when r.value_kind = 'monthly' then ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end as starts_at,
    case when r.value_kind <> 'monthly' then null when (r.end_date is null or r.end_date > cast(? as date)) then ? else ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end as ends_at
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  left join numbered p on p.product_id = r.product_id
  where (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
),
priced as (
  select r.customer_id, r.start_date, r.end_date, r.category_bit, r.category_number, r.cents, r.active, r.monthly, r.ends_at,
    case when r.monthly = 1 then cast(round(cast(cast(r.cents as double) * (r.ends_at - r.starts_at) as double) / 377580) as bigint) else r.cents end as amount,
    coalesce(r.product_bits, 0) + r.active as product
  from counted r
),
activity as (
  select r.customer_id,
    count(*) as relationships,
    count(case when r.active = 1 then 1 end) as active_relationships,
    min(r.start_date) as first_start,
    max(r.start_date) as last_start,
    count(distinct case when bitand(r.product, 2) = 2 then bitand(bitshiftright(r.product, 2), 536870911) end) as products,
    case when count(distinct case when bitand(r.product, 2) = 2 then bitand(bitshiftright(r.product, 2), 536870911) end) = count(*) then count(case when r.active = 1 then 1 end)
      else count(distinct case when bitand(r.product, 3) = 3 then bitand(bitshiftright(r.product, 2), 536870911) end) end as active_products,
    coalesce(bitmap_count(bitmap_construct_agg(r.category_bit)), 0) + count(distinct case when r.category_number > ? then r.category_number end) as categories,
    coalesce(bitmap_count(bitmap_construct_agg(case when r.active = 1 then r.category_bit end)), 0) + count(distinct case when r.category_number > ? and r.active = 1 then r.category_number end) as active_categories,
    count(distinct r.start_date) as frequency,
    sum(r.amount) as value,
    sum(case when r.start_date >= cast(? as date) then r.amount
      when r.monthly = 1 and r.ends_at > ? then cast(round(cast(cast(r.cents as double) * (r.ends_at - ?) as double) / 377580) as bigint) end) as value_12_months,
    sum(r.amount) as monetary,
    sum(case when r.monthly = 1 and r.active = 1 then r.cents end) as value_monthly,
    max(case when r.monthly = 1 and r.active = 1 then 1 else 0 end) as subscribes,
    min(case when r.start_date >= cast(? as date) then r.start_date end) as next_start,
    max(case when r.start_date >= cast(? as date) then null
      when r.monthly = 0 then r.start_date
      when r.end_date < cast(? as date) then r.end_date
      else cast(? as date) end) as previous_activity
  from priced r
  group by r.customer_id
),
valued as (
  select c.customer_id, c.customer_type, c.region, cast(coalesce(a.value, 0) as bigint) as value,
    cast(coalesce(a.monetary, 0) as bigint) as monetary, coalesce(a.frequency, 0) as frequency, a.last_start
  from (select "CUSTOMER_ID", "CUSTOMER_TYPE", "REGION" from "CUSTOMERS") c
  left join activity a on a.customer_id = c.customer_id
),
totals as (
  select count(*) as total,
    count(case when v.frequency > 0 then 1 end) as population,
    coalesce(sum(case when v.value > 0 then v.value end), 0) as positive_value
  from valued v
),
placed as (
  select v.customer_id, v.value,
    rank() over (order by v.value desc nulls last) as value_rank,
    sum(case when v.value > 0 then v.value else 0 end) over (order by v.value desc nulls last range between unbounded preceding and current row) as value_so_far,
    rank() over (partition by v.customer_type order by v.value desc nulls last) as value_rank_in_type,
    count(*) over (partition by v.customer_type) as total_in_type,
    rank() over (partition by v.region order by v.value desc nulls last) as value_rank_in_region,
    count(*) over (partition by v.region) as total_in_region,
    1 as monetary_rank
  from valued v
),
recency as (
  select m.measure, sum(m.customers) over (order by m.measure nulls last range between unbounded preceding and current row) as customers
  from (select v.last_start as measure, count(*) as customers from valued v where v.frequency > 0 group by v.last_start) m
),
frequencies as (
  select m.measure, sum(m.customers) over (order by m.measure nulls last range between unbounded preceding and current row) as customers
  from (select v.frequency as measure, count(*) as customers from valued v where v.frequency > 0 group by v.frequency) m
),
scored as (
  select p.customer_id, a.first_start, a.last_start,
    coalesce(a.relationships, 0) as relationships, coalesce(a.active_relationships, 0) as active_relationships,
    coalesce(a.products, 0) as products, coalesce(a.active_products, 0) as active_products,
    coalesce(a.categories, 0) as categories, coalesce(a.active_categories, 0) as active_categories,
    coalesce(a.frequency, 0) as frequency,
    p.value, coalesce(a.value_12_months, 0) as value_12_months,
    coalesce(a.value_monthly, 0) as value_monthly, coalesce(a.monetary, 0) as monetary,
    a.subscribes, a.next_start, a.previous_activity, p.value_rank, p.value_so_far,
    p.value_rank_in_type, p.total_in_type, p.value_rank_in_region, p.total_in_region, t.total, t.positive_value,
    cast(ceil(cast(5 * (r.customers) as double) / nullif(t.population, 0)) as integer) as recency_score,
    cast(ceil(cast(5 * (f.customers) as double) / nullif(t.population, 0)) as integer) as frequency_score,
    cast(ceil(cast(5 * (case when a.frequency > 0 then t.total - p.value_rank + 1 - case when p.value >= 0 then t.total - t.population else 0 end end) as double) / nullif(t.population, 0)) as integer) as monetary_score
  from placed p
  left join activity a on a.customer_id = p.customer_id
  cross join totals t
  left join recency r on r.measure = case when a.frequency > 0 then a.last_start end
  left join frequencies f on f.measure = case when a.frequency > 0 then a.frequency end
)
select s.customer_id, s.first_start, s.last_start, s.relationships, s.active_relationships, s.products, s.active_products,
  s.categories, s.active_categories,
  cast(s.value as decimal(30, 0)) * 0.01 as value, cast(s.value_12_months as decimal(30, 0)) * 0.01 as value12_months, cast(s.value_monthly as decimal(30, 0)) * 0.01 as value_monthly,
  s.value_rank, s.value_rank_in_type, s.value_rank_in_region,
  cast(s.total - s.value_rank + 1 as double) / nullif(s.total, 0) as value_percentile,
  cast(s.total_in_type - s.value_rank_in_type + 1 as double) / nullif(s.total_in_type, 0) as value_percentile_in_type,
  cast(s.total_in_region - s.value_rank_in_region + 1 as double) / nullif(s.total_in_region, 0) as value_percentile_in_region,
  datediff('day', s.last_start, cast(? as date)) as recency_days, s.frequency, cast(s.monetary as decimal(30, 0)) * 0.01 as monetary,
  s.recency_score, s.frequency_score, s.monetary_score, case when recency_score is null then ?
when recency_score between ? and ? and frequency_score between ? and ? and monetary_score between ? and ? then ?
when recency_score between ? and ? and frequency_score between ? and ? and monetary_score between ? and ? then ?
when recency_score between ? and ? and frequency_score between ? and ? then ?
when recency_score between ? and ? and frequency_score = ? and monetary_score between ? and ? then ?
when recency_score between ? and ? and frequency_score between ? and ? then ?
when recency_score = ? and frequency_score = ? then ?
when recency_score = ? and frequency_score = ? then ?
when recency_score = ? and frequency_score between ? and ? then ?
when recency_score = ? and frequency_score = ? then ?
when recency_score = ? and frequency_score = ? then ?
when recency_score between ? and ? and frequency_score between ? and ? then ?
when recency_score = ? and frequency_score between ? and ? and monetary_score between ? and ? then ?
when recency_score between ? and ? and frequency_score between ? and ? then ?
end as rfm_segment,
  case
    when s.relationships = 0 then 'none'
    when s.first_start >= cast(? as date) then 'new'
    when s.next_start is null and s.subscribes = 0 then
      case when s.previous_activity >= cast(? as date) then 'dormant' else 'churned' end
    when datediff('day', s.previous_activity, s.next_start) > ? then 'resurrected'
    else 'returning' end as lifecycle,
  case when s.value <= 0 then 'C'
    when cast(s.value_so_far as double) / nullif(cast(s.positive_value as double), 0) <= ? then 'A'
    when cast(s.value_so_far as double) / nullif(cast(s.positive_value as double), 0) <= ? then 'B'
    else 'C' end as tier
from scored s) f on f.customer_id = e.customer_id) g
  left join held h on h.customer_id = g.customer_id
),
pairs as (
  select r.customer_id, r.product_id, sum(cast(case
    when r.start_date is null or r.start_date >= cast(? as date) or r.end_date < r.start_date then 0
    when r.value_kind = 'once' then case when r.start_date >= cast(? as date) then coalesce(r.value, 0) else 0 end
    when r.end_date <= cast(? as date) then 0
    else cast(cast(round(cast(cast(coalesce(r.value, 0) * 100 as double) * (case when r.end_date < cast(? as date) then ((12 * extract(year from r.end_date) + extract(month from r.end_date) - 1) * 377580
    + (extract(day from r.end_date) - 1) * case extract(day from last_day(r.end_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) else ? end - case when r.start_date < cast(? as date) then ? else ((12 * extract(year from r.start_date) + extract(month from r.start_date) - 1) * 377580
    + (extract(day from r.start_date) - 1) * case extract(day from last_day(r.start_date)) when 31 then 12180 when 30 then 12586 when 29 then 13020 else 13485 end) end) as double) / 377580) as bigint) as decimal(18, 0)) * 0.01 end * 100 as double)) as cents
  from (select "CUSTOMER_ID", "PRODUCT_ID", "START_DATE", "END_DATE", "VALUE", (cast('once' as VARCHAR)) as "VALUE_KIND" from "CUSTOMER_PRODUCTS") r
  where r.customer_id is not null and r.product_id is not null and (r.start_date <= cast(? as date) and (r.end_date is null or r.end_date >= r.start_date))
    and 1 = 1 and 1 = 1
  group by r.customer_id, r.product_id
),
owned as (
  select m.segment_number, m.products, p.product_id, p.cents
  from pairs p
  join members m on m.customer_id = p.customer_id
),
medians as (
  select o.segment_number, o.product_id, count(*) as owners,
    cast(median(cast(o.cents as double)) as double) / 100 as median_value
  from owned o
  group by o.segment_number, o.product_id
),
levels as (
  select m.segment_number, m.products, count(*) as customers
  from members m
  group by m.segment_number, m.products
),
ranked as (
  select l.segment_number, l.products, l.customers,
    dense_rank() over (partition by l.segment_number order by l.products nulls last) as level_id,
    sum(l.customers) over (partition by l.segment_number order by l.products desc nulls last range between unbounded preceding and current row) as customers_from
  from levels l
),
summed as (
  select k.segment_number, k.products, k.customers, k.level_id, k.customers_from,
    sum(cast(k.customers as double) / nullif(k.customers_from, 0))
      over (partition by k.segment_number order by k.level_id nulls last range between unbounded preceding and current row) as h_up_to
  from ranked k
),
rungs as (
  select k.segment_number, k.products, k.customers, k.level_id, k.customers_from, k.h_up_to,
    lag(k.h_up_to) over (partition by k.segment_number order by k.level_id nulls last) as h_before
  from summed k
),
owners as (
  select o.segment_number, o.product_id, o.products, count(*) as owners
  from owned o
  group by o.segment_number, o.product_id, o.products
),
steps as (
  select o.segment_number, o.product_id, o.owners, k.customers, k.customers_from, k.h_before,
    sum(o.owners) over (partition by o.segment_number, o.product_id order by o.products desc nulls last range between unbounded preceding and current row) as owners_from,
    lag(k.h_up_to) over (partition by o.segment_number, o.product_id order by k.level_id nulls last) as h_passed
  from owners o
  join rungs k on k.segment_number = o.segment_number and k.products = o.products
),
likely as (
  select s.segment_number, s.product_id,
    sum((coalesce(s.h_before, 0) - coalesce(s.h_passed, 0)) * s.owners_from
      + coalesce(cast((s.customers - s.owners) * (s.owners_from - s.owners) as double) / nullif(s.customers_from - s.owners, 0), 0)) as buyers
  from steps s
  group by s.segment_number, s.product_id
),
segments as (
  select m.segment_number, m.segment, count(*) as customers
  from members m
  group by m.segment_number, m.segment
),
cells as (
  select g.segment, g.customers, p.product_id, p.product_name, p.product_category,
    coalesce(d.owners, 0) as owners, d.median_value, coalesce(l.buyers, 0) as buyers
  from segments g
  cross join (select p.product_id, p.product_name, p.product_category
  from (select "PRODUCT_ID", "PRODUCT_NAME", "PRODUCT_CATEGORY", "LAUNCH_DATE" from "PRODUCTS") p
  left join (select distinct o.product_id from owned o) s on s.product_id = p.product_id
  where (p.launch_date is null or p.launch_date <= cast(? as date) or s.product_id is not null)
    and 1 = 1) p
  left join medians d on d.segment_number = g.segment_number and d.product_id = p.product_id
  left join likely l on l.segment_number = g.segment_number and l.product_id = p.product_id
)
select c.segment, c.customers, c.owners, cast(c.owners as double) / nullif(c.customers, 0) as owned_share,
  c.product_id, c.product_name, c.product_category, c.customers - c.owners as gap, c.median_value,
  cast(c.buyers as double) / nullif(c.customers - c.owners, 0) as probability,
  cast(round(coalesce(c.buyers * c.median_value, 0), 2) as decimal(38, 2)) as value
from cells c
order by value desc nulls last, c.segment nulls last, c.product_id nulls last
limit ?;
