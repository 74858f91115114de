import type { Writer } from '../warehouse/port.ts';
import { CUSTOMER_DIRT, CUSTOMER_STATUSES, dirtPerKind, keysByKind, spoil, type Spoilt } from './dirt.ts';
import { slotRanges } from './distributions.ts';
import { bitsOf, draw } from './random.ts';
import { stage, stageSlots } from './staging.ts';
import { textList } from './words.ts';
import { FIRST_DAY, LAST_REGISTRATION_DAY, MONTHS, REGISTERED_BEFORE, REGISTRATION_GROWTH } from './world.ts';

type Kind = keyof typeof CUSTOMER_DIRT;
/** Keys of the dirty customers by kind; of the kinds that copy another customer both keys, the copied one first. */
export type DirtyCustomers = Readonly<Record<Kind, readonly string[]>>;

/**
 * Fills customers and service.demo_segments, and leaves demo_people for the relationships: one row per customer with
 * customer_no, customer_id, segment, activity, month (0: before the window or in its first month) and day of registration.
 * Needs the tables of makeIdentities().
 */
export async function makeCustomers(writer: Writer, count: number, seed: number): Promise<DirtyCustomers> {
  const kinds = Object.keys(CUSTOMER_DIRT) as Kind[];
  const spoilt = spoil(kinds, dirtPerKind(count), count, draw(seed, 'customer.dirt'));
  await stage(writer, 'demo_customer_dirt', { kind: 'VARCHAR', no: 'INTEGER', of: 'INTEGER' }, spoilt);
  await stageSlots(writer, 'demo_status_slot', 64, [slotRanges([56, 6, 2], 64)]);
  await stageRegistrations(writer);
  await writer.run(peopleSql(seed));
  await writer.run(CUSTOMERS);
  await writer.run(SEGMENTS_OF_CUSTOMERS);
  return keysByKind(kinds, (kind) => keysOf(kind, spoilt));
}

function keysOf(kind: Kind, spoilt: readonly Spoilt<Kind>[]): string[] {
  const isCopy = kind === 'duplicate_email' || kind === 'near_duplicate';
  const numbers = spoilt.filter((row) => row.kind === kind).flatMap((row) => (isCopy ? [row.of, row.no] : [row.no]));
  return numbers.map((no) => `C${String(no).padStart(7, '0')}`);
}

/** Slot 0: before the window; 1, 2, ...: in its months. */
async function stageRegistrations(writer: Writer): Promise<void> {
  const growth = MONTHS.map((_, month) => REGISTRATION_GROWTH ** month);
  const total = growth.reduce((sum, weight) => sum + weight, 0);
  const weights = [REGISTERED_BEFORE, ...growth.map((weight) => (weight / total) * (1 - REGISTERED_BEFORE))];
  await stageSlots(writer, 'demo_registration_slot', 65_536, [slotRanges(weights, 65_536)]);
  const months = MONTHS.map(({ firstDay, days }, no) => ({
    no,
    first_day: firstDay,
    days: Math.min(days, LAST_REGISTRATION_DAY + 1 - firstDay),
  }));
  await stage(writer, 'demo_registration_month', { no: 'INTEGER', first_day: 'INTEGER', days: 'INTEGER' }, months);
}

function peopleSql(seed: number): string {
  const random = (salt: string) => draw(seed, `customer.${salt}`).sql('n.no');
  return `create or replace temp table demo_people as
select customer_no, printf('C%07d', customer_no) as customer_id, kind, i.segment, i.activity, m.no as month,
  case when r.value = 0 then -1 - ${bitsOf('registered', 16, 16)} % 2400
    else m.first_day + ((${bitsOf('registered', 16, 16)} * m.days) >> 16) end as day,
  i.name, i.region, e.mail, own_bits
from (
  select n.no as customer_no, d.kind, ${random('registration')} as registered, ${random('own')} as own_bits,
    case when d.kind = 'near_duplicate' then d.of else n.no end as identity_no,
    case when d.kind in ('near_duplicate', 'duplicate_email') then d.of else n.no end as mail_no
  from demo_identity n
  left join demo_customer_dirt d on d.no = n.no
) c
join demo_identity i on i.no = c.identity_no
join demo_identity e on e.no = c.mail_no
join demo_registration_slot r on r.key = ${bitsOf('registered', 0, 16)}
join demo_registration_month m on m.no = greatest(r.value - 1, 0)
order by customer_no`;
}

const CUSTOMERS = `insert into customers
  (customer_id, customer_name, customer_type, region, registration_date, status, email, newsletter)
select customer_id,
  case kind
    when 'missing_name' then null
    when 'padded_name' then '  ' || p.name
    when 'odd_case_name' then case when customer_no % 2 = 0 then upper(p.name) else lower(p.name) end
    when 'near_duplicate' then left(p.name, length(p.name) - 1)
    else p.name
  end,
  s.type,
  case when kind = 'missing_region' then null else region end,
  date '${FIRST_DAY}' + day,
  case when kind = 'unusual_status' then ['ACTIVE', 'actve', 'n/a', '?'][1 + customer_no % 4]
    else ${textList(CUSTOMER_STATUSES)}[1 + t.value] end,
  case when kind = 'near_duplicate' then upper(left(mail, 1)) || substr(mail, 2) else mail end,
  ${bitsOf('own_bits', 6, 3)} < 3
from demo_people p
join demo_segment s on s.no = p.segment
join demo_status_slot t on t.key = ${bitsOf('own_bits', 0, 6)}
order by customer_no`;

const SEGMENTS_OF_CUSTOMERS = `create or replace table service.demo_segments as
select customer_id, s.name as segment
from demo_people p
join demo_segment s on s.no = p.segment
order by customer_no`;
