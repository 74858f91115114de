import type { SqlKit } from '../../../analysis/define.ts';
import { FactsRow, type FactsOptions } from '../../../analysis/facts/model.ts';
import { factsTable } from '../../../analysis/facts/table.ts';
import { isCustomerAsked, type Population } from '../../../analysis/population.ts';
import { ruleCondition } from '../../../analysis/segments/condition.ts';
import { membersOf } from '../../../analysis/segments/members.ts';
import type { Rule } from '../../../analysis/segments/rule.ts';
import { customersOfRule, memberValues, ruleOf } from '../../../analysis/segments/segment-customers.ts';
import { id, join, sql, type Sql } from '../../../data/sql/sql.ts';
import { customersWithFacts } from '../groups/queries.ts';
import type { OverlapParams } from './model.ts';
import { isOfGroups, requireBefore, ruleGiven, type Groups } from './service.ts';

/** One row per customer of a segment, with every fact. */
export function membersOfSegment(
  { segmentId, ...options }: Partial<FactsOptions> & { readonly segmentId: string },
  kit: SqlKit,
): Sql {
  return customersWithFacts({ ...options, segment: segmentId }, kit);
}

/** One row: customers of whom a rule holds, and all. */
export function previewOfRule({ rule, ...params }: Population & { readonly rule: unknown }, kit: SqlKit): Sql {
  const isIn = (figure: Sql) => sql`sum(case when m.customer_id is not null then ${figure} else 0 end)`;
  return sql`with s as (
  select count(*) as out_of, ${isIn(sql`1`)} as customers, ${isIn(sql`f.value`)} as value, sum(f.value) as total
  from ${factsTable(params, kit)} f
  left join (${customersOfRule(ruleGiven(rule, kit), kit, params)}) m on m.customer_id = f.customer_id
  where ${isCustomerAsked(sql`f.customer_id`, params, kit)}
)
select coalesce(s.customers, 0) as customers, s.out_of, cast(s.customers as double) / nullif(s.out_of, 0) as share,
  coalesce(s.value, 0) as value, cast(s.value as double) / nullif(cast(s.total as double), 0) as value_share
from s`;
}

const flag = (i: number) => id(`s${i}`);

/** One row, a column `both_<i>_<j>` for each pair of segments, i <= j: customers in both. */
export function overlapOfSegments({ segments, ...params }: OverlapParams & Population, kit: SqlKit): Sql {
  const rules = segments.map((reference) => ruleOf(reference, kit));
  const members = membersOf(FactsRow, kit.catalog);
  const conditions = rules.map((rule) => ruleCondition(rule, members, kit.saved.segments, kit.d));
  const flags = conditions.map((condition, i) => sql`case when ${condition} then 1 else 0 end as ${flag(i)}`);
  const sums = pairsOf(segments.length).map(
    ([i, j]) => sql`sum(x.${flag(i)} * x.${flag(j)}) as ${id(`both_${i}_${j}`)}`,
  );
  return sql`select ${join(sums, ', ')}
from (
  select ${join(flags, ', ')}
  from (${memberValues({ any: rules }, members, kit, params)}) q
  where ${isCustomerAsked(sql`q.customer_id`, params, kit)}
) x`;
}

/** Pairs of places, the first not after the second. */
function pairsOf(count: number): readonly (readonly [number, number])[] {
  const places = Array.from({ length: count }, (_, i) => i);
  return places.flatMap((i) => places.slice(i).map((j) => [i, j] as const));
}

type Moves = Population & { readonly of: string; readonly before?: string };

/** One row per group on the day before and on asOf: how many customers went from one to the other. */
export function movementBetween({ of, before, ...params }: Moves, kit: SqlKit): Sql {
  const earlier = { ...kit, asOf: requireBefore(before, kit.asOf) };
  const group = (at: SqlKit) => (isOfGroups(of) ? groupOf(of, at, params) : insideOf(ruleOf(of, kit), at, params));
  return sql`with moved as (
  select b.in_group as from_group, a.in_group as to_group, count(*) as customers, sum(f.value) as value
  from (${group(kit)}) a
  join (${group(earlier)}) b on b.customer_id = a.customer_id
  join ${factsTable(params, kit)} f on f.customer_id = a.customer_id
  where ${isCustomerAsked(sql`a.customer_id`, params, kit)}
  group by b.in_group, a.in_group
),
t as (
  select m.from_group, sum(m.customers) as customers from moved m group by m.from_group
)
select m.from_group, m.to_group, ${changeOf(of)} as change, m.customers,
  cast(m.customers as double) / nullif(n.customers, 0) as share,
  cast(m.customers as double) / nullif(t.customers, 0) as share_of_from,
  m.value
from moved m
join t on t.from_group = m.from_group
cross join (select sum(x.customers) as customers from t x) n
order by m.customers desc nulls last, m.from_group nulls last, m.to_group nulls last`;
}

function changeOf(of: string): Sql {
  const other = isOfGroups(of)
    ? sql`when m.from_group = m.to_group then 'stayed' else 'moved'`
    : sql`when m.from_group = 'outside' and m.to_group = 'outside' then 'outside'
    when m.from_group = m.to_group then 'stayed'
    when m.to_group = 'inside' then 'entered' else 'left'`;
  return sql`case ${other} end`;
}

const COLUMNS: Readonly<Record<Groups, string>> = { rfm: 'rfm_segment', lifecycle: 'lifecycle', tier: 'tier' };

function groupOf(of: Groups, kit: SqlKit, options: Partial<FactsOptions>): Sql {
  return sql`select g.customer_id, g.${id(COLUMNS[of])} as in_group from ${factsTable(options, kit)} g`;
}

function insideOf(rule: Rule, kit: SqlKit, options: Partial<FactsOptions>): Sql {
  const members = membersOf(FactsRow, kit.catalog);
  const condition = ruleCondition(rule, members, kit.saved.segments, kit.d);
  return sql`select q.customer_id, case when ${condition} then 'inside' else 'outside' end as in_group
from (${memberValues(rule, members, kit, options)}) q`;
}

/** The members that a rule is about, of one customer; no row when there is no such customer. */
export function valuesOfCustomer(
  rule: Rule,
  { customerId, ...options }: Partial<FactsOptions> & { readonly customerId: string },
  kit: SqlKit,
): Sql {
  const members = membersOf(FactsRow, kit.catalog);
  return sql`${memberValues(rule, members, kit, options)}
where c.customer_id = ${customerId}`;
}
