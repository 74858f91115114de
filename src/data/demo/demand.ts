import type { Writer } from '../warehouse/port.ts';
import { dirtPerKind } from './dirt.ts';
import { slotRanges } from './distributions.ts';
import type { Product } from './products.ts';
import { pairProducts } from './products.ts';
import { draw } from './random.ts';
import { rowsOf, stage, stageSlots } from './staging.ts';
import { MONTHS, PAIR_DAYS, PAIRS, type DEMO_SIZES, type DemoSize } from './world.ts';

type Size = (typeof DEMO_SIZES)[DemoSize];

/** Slots of a draw of 16 bits that says in which month a relationship starts. */
export const MONTH_SLOTS = 65_536;
/** Rates are whole numbers, 2^24 for one relationship. */
const RATE_BITS = 24;

/** Numbers of customers that do not exist are larger than this one. */
const STRAY_CUSTOMERS = 9_000_000;
export const LAST_CUSTOMER = 9_999_999;

export type Demand = {
  /** Relationships of customers who exist, chosen the ordinary way: numbers 1 to `ordinary`. */
  readonly ordinary: number;
  /** Numbers after them, of customers who do not exist. */
  readonly strays: readonly number[];
};

/**
 * How many relationships each customer starts, and in which months. A customer of activity a starts a * w(m) of them in
 * each month m from the registration on. w(m) is what the planted course of the months asks for (the relationships of
 * planted pairs taken off), divided by the activity of all customers who are there by then: so season, trend and change
 * point come out although customers register all the time. Makes demo_month, demo_month_slot (group 0 by w, group 1 by
 * the course, for pairs) and demo_demand (one row per customer: n, and before, the sum of n so far).
 */
export async function makeDemand(writer: Writer, size: Size, seed: number): Promise<Demand> {
  const strays = dirtPerKind(size.customers);
  const weights = monthWeights(size.relationships - strays, await presentBy(writer));
  await stageMonths(writer, weights);
  await writer.run(demandSql(strays, seed));
  const [total] = await rowsOf(writer, 'select cast(sum(n) as bigint) as n from demo_demand');
  const ordinary = Number(total!['n']) - strays;
  return { ordinary, strays: Array.from({ length: strays }, (_, i) => ordinary + 1 + i) };
}

async function stageMonths(writer: Writer, weights: readonly number[]): Promise<void> {
  const ranges = [weights, MONTHS.map((month) => month.share)].map((each) => slotRanges(each, MONTH_SLOTS));
  const low = (group: number, month: number) => ranges[group]!.find((range) => range.value === month)!.from;
  await stageSlots(writer, 'demo_month_slot', MONTH_SLOTS, ranges);
  let rate = 0;
  const rates = weights.toReversed().map((weight) => Math.round((rate += weight) * 2 ** RATE_BITS));
  const months = MONTHS.map(({ firstDay, days }, no) => ({
    no,
    first_day: firstDay,
    days,
    rate: rates.at(-1 - no)!,
    low: low(0, no),
    pair_low: low(1, no),
  }));
  const whole = 'INTEGER' as const;
  const columns = { no: whole, first_day: whole, days: whole, rate: whole, low: whole, pair_low: whole };
  await stage(writer, 'demo_month', columns, months);
}

type Present = { readonly customers: number; readonly activity: number };

/** Customers who register in each month (in the first one: up to it). */
async function presentBy(writer: Writer): Promise<readonly Present[]> {
  const rows = await rowsOf(
    writer,
    `select m.no, count(p.customer_no) as customers, cast(coalesce(sum(p.activity), 0) as bigint) as activity
from demo_registration_month m
left join demo_people p on p.month = m.no
group by m.no
order by m.no`,
  );
  return rows.map((row) => ({ customers: Number(row['customers']), activity: Number(row['activity']) }));
}

/** Relationships per unit of activity in each month. Those of pairs start by the course too, from the registration on. */
function monthWeights(relationships: number, present: readonly Present[]): number[] {
  const perCustomer = PAIRS.reduce((sum, p) => sum + 2 * p.both + p.onlyFirst + p.onlySecond, 0);
  let ahead = 1;
  let activity = 0;
  let pairs = 0;
  return MONTHS.map(({ share }, month) => {
    activity += present[month]!.activity;
    pairs += (present[month]!.customers * perCustomer) / ahead;
    ahead -= share;
    return (share * (relationships - pairs)) / activity;
  });
}

function demandSql(strays: number, seed: number): string {
  const chance = `(${draw(seed, 'demand').sql('customer_no')} & ${2 ** RATE_BITS - 1})`;
  return `create or replace temp table demo_demand as
select *, cast(coalesce(sum(n) over (order by customer_no rows between unbounded preceding and 1 preceding), 0) as integer) as before
from (
  select customer_no, customer_id, segment, month, day, low,
    cast((cast(activity as bigint) * m.rate + ${chance}) >> ${RATE_BITS} as integer) as n
  from demo_people p
  join demo_month m on m.no = p.month
  union all
  select cast(${STRAY_CUSTOMERS} + range as integer), printf('C%07d', ${STRAY_CUSTOMERS} + range), 0, 0, -1, 0, 1
  from range(1, ${strays + 1})
)
order by customer_no`;
}

/** Makes demo_pair_row: the relationships of planted pairs, numbered after `last`. Both of a customer share date_no. */
export async function makePairRows(
  writer: Writer,
  products: readonly Product[],
  last: number,
  seed: number,
): Promise<void> {
  const planted = pairProducts(products).map((product) => product.no);
  const member = (pair: number, which: number, low: number, high: number) => ({
    pair,
    member: which,
    product: planted[2 * pair + which]!,
    low: Math.round(low * 2 ** 20),
    high: Math.round(high * 2 ** 20),
  });
  const members = PAIRS.flatMap(({ both, onlyFirst, onlySecond }, pair) => [
    member(pair, 0, 0, both + onlyFirst),
    member(pair, 1, 0, both),
    member(pair, 1, both + onlyFirst, both + onlyFirst + onlySecond),
  ]);
  const whole = 'INTEGER' as const;
  const columns = { pair: whole, member: whole, product: whole, low: whole, high: whole };
  await stage(writer, 'demo_pair_member', columns, members);
  await writer.run(`create or replace temp table demo_pair_row as
select customer_no, cast(${last} + row_number() over (order by customer_no, u.pair, member) as integer) as no,
  2147483648 + key as date_no, product,
  case member when 1 then greatest(0, cast(days % ${2 * PAIR_DAYS + 1} as integer) - ${PAIR_DAYS}) else 0 end as shift
from (
  select customer_no, pair, key, ${draw(seed, 'pair').sql('key')} >> 12 as chance, ${draw(seed, 'pair.days').sql('key')} as days
  from (select customer_no, k.range as pair, customer_no * 16 + k.range as key from demo_people, range(${PAIRS.length}) k)
) u
join demo_pair_member m on m.pair = u.pair and u.chance >= m.low and u.chance < m.high`);
}
