import { id, join, nothing, sql, type Sql } from '../../data/sql/sql.ts';
import { AppError } from '../../lib/app-error.ts';
import { didYouMean } from '../../lib/near-name.ts';
import type { SqlKit } from '../define.ts';
import { categoryOfShare, categoryShares } from '../facts/category-shares.ts';
import { FactsRow, LIFECYCLES, TIERS, type FactsOptions } from '../facts/model.ts';
import { NO_RFM_SEGMENT } from '../facts/rfm-table.ts';
import { factsTable } from '../facts/table.ts';
import { ruleCondition } from './condition.ts';
import { membersOf, type Member, type Members } from './members.ts';
import type { Rule } from './rule.ts';
import { membersIn } from './why.ts';

/** Segments that everybody has, `kind:name`: the fact that names them, and the names that there are. */
const BUILT_IN: Readonly<Record<string, { member: string; names: (kit: SqlKit) => readonly string[] }>> = {
  rfm: {
    member: 'rfmSegment',
    names: ({ saved }) => [...new Set([...saved.rfmTable.map(({ name }) => name), NO_RFM_SEGMENT])],
  },
  lifecycle: { member: 'lifecycle', names: () => LIFECYCLES },
  tier: { member: 'tier', names: () => TIERS },
};

/** The rule of a segment: a saved one by its id, or `rfm:champions`, `lifecycle:new`, `tier:A`. Throws segment.not_found with the near name. */
export function ruleOf(reference: string, kit: SqlKit): Rule {
  const [, kind = '', name = ''] = /^(\w+):(.*)$/s.exec(reference) ?? [];
  const builtIn = Object.hasOwn(BUILT_IN, kind) ? BUILT_IN[kind] : undefined;
  if (builtIn !== undefined) {
    const names = builtIn.names(kit);
    if (!names.includes(name))
      throw notFound(
        reference,
        names.map((one) => `${kind}:${one}`),
      );
    return { member: builtIn.member, op: 'eq', value: name };
  }
  const saved = kit.saved.segments.get(reference);
  if (saved === undefined) throw notFound(reference, [...kit.saved.segments.keys()]);
  return saved.rule;
}

/** The customers of whom a rule holds as of the kit's day: a select of `customer_id`. Throws segment.invalid. */
export function customersOfRule(rule: Rule, kit: SqlKit, options: Partial<FactsOptions>): Sql {
  const members = membersOf(FactsRow, kit.catalog);
  const condition = ruleCondition(rule, members, kit.saved.segments, kit.d);
  return sql`select q.customer_id from (${memberValues(rule, members, kit, options)}) q where ${condition}`;
}

/** The members that a rule is about, by their columns' names, and `customer_id`: one row per customer. */
export function memberValues(rule: Rule, members: Members, kit: SqlKit, options: Partial<FactsOptions>): Sql {
  const used = membersIn(rule, members, kit.saved.segments).filter(({ column }) => column !== 'customer_id');
  const categories = used.flatMap(({ field }) => categoryOfShare(field) ?? []);
  const aliasOf = ({ field }: Member) =>
    categoryOfShare(field) !== undefined ? sql`s` : Object.hasOwn(FactsRow.properties, field) ? sql`f` : sql`c`;
  const selected = used.map((member) => sql`${aliasOf(member)}.${id(member.column)}`);
  const facts = used.some(({ field }) => Object.hasOwn(FactsRow.properties, field))
    ? sql`
join ${factsTable(options, kit)} f on f.customer_id = c.customer_id`
    : nothing;
  const shares =
    categories.length > 0
      ? sql`
left join ${categoryShares(categories, kit)} s on s.customer_id = c.customer_id`
      : nothing;
  return sql`select ${join([sql`c.customer_id`, ...selected], ', ')} from ${kit.t.customers} c${facts}${shares}`;
}

function notFound(reference: string, known: readonly string[]): AppError {
  const near = didYouMean(reference, known);
  return new AppError('segment.not_found', `there is no segment ${JSON.stringify(reference.slice(0, 100))}${near}`);
}
