import type { Writer } from '../warehouse/port.ts';
import { lognormal, quantiles, slotRanges } from './distributions.ts';
import { bitsOf, draw } from './random.ts';
import { stage, stageQuantiles, stageSlots } from './staging.ts';
import { mailPart, textList, WORDS } from './words.ts';
import { BASKET_SIGMA, DAYS_PER_MONTH, REGIONS, SEGMENTS } from './world.ts';

/** Mean activity of a customer in a segment of factor 1. */
const ACTIVITY_UNIT = 1000;

/**
 * Makes demo_segment (no, name, type; activity and value as percent; days: mean days of a subscription, times 16) and
 * demo_identity, one row per number 1 to `count`: segment, activity, region, name, mail (unique).
 */
export async function makeIdentities(writer: Writer, count: number, seed: number): Promise<void> {
  const segments = SEGMENTS.map((segment, no) => ({
    no,
    name: segment.name,
    type: segment.customerType,
    activity: Math.round(segment.activity * 100),
    value: Math.round(segment.value * 100),
    days: Math.round((DAYS_PER_MONTH / segment.hazard) * 16),
  }));
  const whole = 'INTEGER' as const;
  const columns = { no: whole, name: 'VARCHAR', type: 'VARCHAR', activity: whole, value: whole, days: whole } as const;
  await stage(writer, 'demo_segment', columns, segments);
  const shares = SEGMENTS.map((segment) => segment.share);
  await stageSlots(writer, 'demo_segment_slot', 65_536, [slotRanges(shares, 65_536)]);
  const regions = REGIONS.map(([, weight]) => weight);
  await stageSlots(writer, 'demo_region_slot', 1024, [slotRanges(regions, 1024)]);
  await stageQuantiles(writer, 'demo_basket', quantiles(lognormal(BASKET_SIGMA), 4096, ACTIVITY_UNIT));
  await writer.run(identitiesSql(count, seed));
}

const NAME = `case s.type
      when 'consumer' then given || ' ' || family || case when style = 0 then '-' || other else '' end
      when 'business' then family || case when style < 5 then ' & ' || other else ' ' || trade end || ' ' || legal
      else authority || ' ' || place
    end`;
const MAIL = `case s.type
      when 'consumer' then mail_given || '.' || mail_family
      when 'business' then 'office.' || mail_family
      else 'office.' || mail_place
    end || i.no || '@example.' || host`;

function identitiesSql(count: number, seed: number): string {
  const random = (salt: string) => draw(seed, `identity.${salt}`).sql('no');
  return `create or replace temp table demo_identity as
select i.no, s.no as segment, (b.value * s.activity) // 100 as activity,
  ${textList(REGIONS.map(([name]) => name))}[1 + r.value] as region, ${NAME} as name, ${MAIL} as mail
from (
  select no, who, place_bits,
    ${word('given', 'name_bits', 0)} as given, ${word('family', 'name_bits', 16)} as family,
    ${word('family', 'more_bits', 0)} as other, ${word('trade', 'more_bits', 16)} as trade,
    ${word('legal', 'more_bits', 8)} as legal, ${word('authority', 'name_bits', 0)} as authority,
    ${word('place', 'name_bits', 16)} as place, ${bitsOf('more_bits', 28, 4)} as style,
    ${mailWord('given', 'name_bits', 0)} as mail_given, ${mailWord('family', 'name_bits', 16)} as mail_family,
    ${mailWord('place', 'name_bits', 16)} as mail_place,
    ['com', 'org', 'net'][1 + ${bitsOf('place_bits', 16, 16)} % 3] as host
  from (
    select no, ${random('who')} as who, ${random('place')} as place_bits, ${random('name')} as name_bits,
      ${random('more')} as more_bits
    from (select cast(range as integer) as no from range(1, ${count + 1}))
  )
) i
join demo_segment_slot w on w.key = ${bitsOf('who', 0, 16)}
join demo_segment s on s.no = w.value
join demo_basket b on b.key = ${bitsOf('who', 16, 12)}
join demo_region_slot r on r.key = ${bitsOf('place_bits', 0, 10)}
order by i.no`;
}

type List = keyof typeof WORDS;

function word(list: List, bits: string, skip: number): string {
  return pick(WORDS[list], bits, skip);
}

function mailWord(list: List, bits: string, skip: number): string {
  return pick(WORDS[list].map(mailPart), bits, skip);
}

function pick(texts: readonly string[], bits: string, skip: number): string {
  return `${textList(texts)}[1 + ${bitsOf(bits, skip, 16)} % ${texts.length}]`;
}
