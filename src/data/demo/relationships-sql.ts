import { MONTH_SLOTS } from './demand.ts';
import { bitsOf, draw } from './random.ts';
import { FIRST_DAY, LAST_DAY_NUMBER, RETURNED } from './world.ts';

export const CATEGORY_SLOTS = 1024;
export const PRODUCT_SLOTS = 32_768;
/** Mean of demo_exponential. */
export const EXPONENTIAL_UNIT = 65_536;
/** A mistyped year: 36 years late, so that it stays in the future for a while. */
const DAYS_LATE = 13_149;

/**
 * The statements that add the relationships of customers number `first` to `last`. Draws and look-ups by slot, whole
 * numbers only:
 *
 *     demo_row  one per relationship of demo_demand and of planted pairs (a table, so that all threads share the rest)
 *     drawn     three draws each
 *     dated     the month by slot, from the customer's registration on; the day within it
 *     chosen    category by the segment's taste, product by popularity; a substitute when it was not launched yet
 *     priced    value, and how long it lasts
 *     finished  spoilt where dirt says so, in the order that the table is stored in
 */
export function relationshipsSql(seed: number, first: number, last: number): readonly string[] {
  return [rowsSql(first, last), insertSql(seed)];
}

function rowsSql(first: number, last: number): string {
  const portion = `d.customer_no between ${first} and ${last}`;
  return `create or replace temp table demo_row as
select customer_no, customer_id, segment, day, cast(before + k + 1 as integer) as no, before + k + 1 as date_no,
  low, 0 as course, 0 as shift, cast(null as integer) as planted
from (select d.*, unnest(range(n)) as k from demo_demand d where ${portion})
union all
select d.customer_no, customer_id, segment, day, r.no, date_no, m.pair_low, ${MONTH_SLOTS}, shift, product
from demo_pair_row r
join demo_demand d on d.customer_no = r.customer_no
join demo_month m on m.no = d.month
where ${portion}`;
}

function insertSql(seed: number): string {
  return `insert into customer_products
  (relationship_id, customer_id, product_id, relationship_type, start_date, end_date, value)
select printf('R%09d', no), customer_id, product_id, case when is_plan then 'subscription' else 'purchase' end,
  date '${FIRST_DAY}' + starts, date '${FIRST_DAY}' + ends, cast(cast(cents as decimal(12, 0)) * 0.01 as decimal(15, 2))
from (${finished(priced(chosen(dated(drawn(seed)))))})`;
}

function drawn(seed: number): string {
  const random = (salt: string, entity: string) => draw(seed, `relationship.${salt}`).sql(entity);
  return `
  select r.*, k.kind, k.fresh,
    ${random('what', 'r.no')} as what, ${random('when', 'date_no')} as occasion, ${random('how', 'r.no')} as how
  from demo_row r
  left join demo_relationship_dirt k on k.no = r.no`;
}

function dated(source: string): string {
  const from = 'greatest(m.first_day, r.day)';
  return `
  select r.*, least(${LAST_DAY_NUMBER}, r.shift + ${from}
    + ((${bitsOf('occasion', 16, 16)} * (m.first_day + m.days - ${from})) >> 16)) as start_day
  from (${source}) r
  join demo_month_slot s on s.key = course + low
    + ((${bitsOf('occasion', 0, 16)} * cast(${MONTH_SLOTS} - low as bigint)) >> 16)
  join demo_month m on m.no = s.value`;
}

function chosen(source: string): string {
  return `
  select d.*,
    case when kind = 'before_launch' then fresh
      when planted is not null then planted
      when start_day < s.launch_day then s.substitute
      else s.no end as product_no
  from (${source}) d
  join demo_category_slot t on t.key = d.segment * ${CATEGORY_SLOTS} + ${bitsOf('what', 0, 10)}
  join demo_product_slot s on s.key = t.value * ${PRODUCT_SLOTS} + ${bitsOf('what', 17, 15)}`;
}

function priced(source: string): string {
  const noise = `900 + ${bitsOf('how', 12, 10)} % 201`;
  return `
  select c.no, c.customer_no, c.customer_id, c.kind, p.id as product_id, c.product_no, p.is_plan,
    case when kind = 'before_launch' then least(c.start_day, p.launch_day - 1) else c.start_day end as start_day,
    case
      when p.is_plan then 1 + cast((cast(e.value as bigint) * g.days) >> 20 as integer)
      when ${bitsOf('how', 22, 10)} < ${Math.round(RETURNED * 1024)} then 3 + ${bitsOf('how', 0, 12)} % 28
    end as lasts,
    cast(cast(p.cents as bigint) * g.value * (${noise}) // 100000 as integer) as cents
  from (${source}) c
  join demo_product p on p.no = c.product_no
  join demo_segment g on g.no = c.segment
  join demo_exponential e on e.key = ${bitsOf('how', 0, 12)}`;
}

function finished(source: string): string {
  return `
  select no, customer_id, is_plan,
    case when kind = 'unknown_product' then printf('P9%04d', no % 1000) else product_id end as product_id,
    case when kind = 'unknown_product' then 90000 + no % 1000 else product_no end as product_place,
    case kind when 'missing_start' then null when 'future_start' then start_day + ${DAYS_LATE} else start_day end as starts,
    case
      when kind = 'end_before_start' then start_day - 1 - no % 40
      when kind in ('missing_start', 'future_start') or start_day + lasts > ${LAST_DAY_NUMBER} then null
      else start_day + lasts
    end as ends,
    case kind
      when 'negative_value' then -cents
      when 'huge_value' then cents + 100000000 * (1 + no % 9)
      when 'missing_value' then null
      else cents
    end as cents
  from (${source})
  order by customer_no, product_place, starts nulls last, no`;
}
