import type { RunContext, SqlKit } from '../../../analysis/define.ts';
import { FactsRow, type FactsOptions } from '../../../analysis/facts/model.ts';
import { monthsBefore } from '../../../analysis/period.ts';
import { membersOf } from '../../../analysis/segments/members.ts';
import { requireRule } from '../../../analysis/segments/rule-problems.ts';
import type { Rule } from '../../../analysis/segments/rule.ts';
import { ruleOf } from '../../../analysis/segments/segment-customers.ts';
import { membersIn, why } from '../../../analysis/segments/why.ts';
import type { Sql } from '../../../data/sql/sql.ts';
import type { Value } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import { camelCase } from '../../../lib/names.ts';

const GROUPS = ['rfm', 'lifecycle', 'tier'] as const;
export type Groups = (typeof GROUPS)[number];

export function isOfGroups(of: string): of is Groups {
  return (GROUPS as readonly string[]).includes(of);
}

/** A rule as it was sent: an object, or in an address its JSON text. Throws request.invalid and segment.invalid. */
export function ruleGiven(given: unknown, kit: SqlKit): Rule {
  const scope = { members: membersOf(FactsRow, kit.catalog), segments: kit.saved.segments };
  return requireRule(typeof given === 'string' ? parsed(given) : given, scope);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const detail = 'must be JSON text of a rule, such as {"member":"tier","op":"eq","value":"A"}';
    throw new AppError('request.invalid', `?rule ${detail}`, { errors: [{ pointer: '?rule', detail }], cause });
  }
}

/** The earlier day of a comparison. Throws request.invalid when it is not before the later one. */
export function requireBefore(before: string | undefined, asOf: string): string {
  const day = before ?? monthsBefore(asOf, 3);
  if (day < asOf) return day;
  const detail = `must be before asOf, ${asOf}; it is ${day}`;
  throw new AppError('request.invalid', `?before ${detail}`, { errors: [{ pointer: '?before', detail }] });
}

/** The row of sums as one row per ordered pair of segments. */
export function overlapRows(
  [sums = {}]: readonly Readonly<Record<string, unknown>>[],
  { segments }: { readonly segments: readonly string[] },
): Readonly<Record<string, unknown>>[] {
  const both = (i: number, j: number) => Number(sums[`both${Math.min(i, j)}${Math.max(i, j)}`] ?? 0);
  const quotient = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return segments.flatMap((segment, i) =>
    segments.map((other, j) => {
      const [customers, own, others] = [both(i, j), both(i, i), both(j, j)];
      const [share, jaccard] = [quotient(customers, own), quotient(customers, own + others - customers)];
      return { segment, other, customers, customersOfSegment: own, customersOfOther: others, share, jaccard };
    }),
  );
}

type Asked = Partial<FactsOptions> & { readonly segmentId: string; readonly customerId: string };

/** Why a customer is in a segment or not: one row, none when there is no such customer. */
export async function whyIn(
  { segmentId, ...asked }: Asked,
  context: RunContext,
  valuesOf: (rule: Rule, asked: Omit<Asked, 'segmentId'>, kit: SqlKit) => Sql,
): Promise<Readonly<Record<string, unknown>>[]> {
  const { saved, catalog } = context;
  const rule = ruleOf(segmentId, context);
  const members = membersOf(FactsRow, catalog);
  const [row] = await context.query(valuesOf(rule, asked, context));
  if (row === undefined) return [];
  const values = Object.fromEntries(
    membersIn(rule, members, saved.segments).map(({ field, column }) => [field, row[camelCase(column)] as Value]),
  );
  return [{ segmentId, customerId: asked.customerId, ...why(rule, values, members, saved.segments) }];
}
