import type { RunContext, SqlKit } from '../../../analysis/define.ts';
import { factsTable } from '../../../analysis/facts/table.ts';
import type { FactsOptions } from '../../../analysis/facts/model.ts';
import { isCustomerAsked, isEverybody, type Population } from '../../../analysis/population.ts';
import { nothing, sql, type Sql } from '../../../data/sql/sql.ts';
import { compareText } from '../../../lib/compare-text.ts';
import { placeOf } from '../../../lib/sorted-ids.ts';
import type { HeldItems } from './items.ts';
import type { Grouping } from './model.ts';

/** Who is evaluated, and in which group. */
export type Members = {
  /** Per customer: 1 for who is asked about and had something by asOf. */
  readonly asked: Uint8Array;
  /** Number of the group, -1 for none. */
  readonly groupOf: Int32Array;
  readonly groups: readonly string[];
};

type Asked = Population & Partial<FactsOptions> & { readonly by: Grouping };

/** The group of customers `c`, with the facts `f` beside them where it takes them. */
const GROUPS: Readonly<Record<Grouping, readonly [group: Sql, isFact: boolean]>> = Object.freeze({
  none: [sql`cast(null as varchar)`, false],
  type: [sql`c.customer_type`, false],
  region: [sql`c.region`, false],
  tier: [sql`f.tier`, true],
  rfm: [sql`f.rfm_segment`, true],
  lifecycle: [sql`f.lifecycle`, true],
});

/** Groups that are told apart; the smallest are left out. */
const MOST_GROUPS = 200;

/** The customers who are asked about in the order of their ids, one row each: customer_id, member_of. */
export function customersInGroups(params: Asked, kit: SqlKit): Sql {
  const [group, isFact] = GROUPS[params.by];
  const facts = isFact ? sql`\nleft join ${factsTable(params, kit)} f on f.customer_id = c.customer_id` : nothing;
  return sql`select c.customer_id, ${group} as member_of
from ${kit.t.customers} c${facts}
where ${isCustomerAsked(sql`c.customer_id`, params, kit)}
order by c.customer_id nulls last`;
}

/** Segments are as of the day of the context. Customers without a row of their own are asked about when nobody is left out, and in no group. */
export async function membersAsked(held: HeldItems, params: Asked, context: RunContext): Promise<Members> {
  const { rows, rowOffsets } = held.matrices.at(-1)!;
  const isHolder = (row: number) => rowOffsets[row + 1]! > rowOffsets[row]!;
  const isAll = isEverybody(params);
  const asked = new Uint8Array(rows);
  for (let row = 0; isAll && row < rows; row++) asked[row] = Number(isHolder(row));
  const groupOf = new Int32Array(rows).fill(-1);
  if (isAll && params.by === 'none') return { asked, groupOf, groups: [] };
  const found = new Map<string, number>();
  const counts: number[] = [];
  let next = 0;
  for await (const { rowCount, columns } of await context.stream(customersInGroups(params, context))) {
    for (let i = 0; i < rowCount; i++) {
      const [id, group] = [columns[0]![i] as string, columns[1]![i] as string | null];
      const row = held.customers[next] === id ? next : placeOf(held.customers, id);
      if (held.customers[row] !== id || !isHolder(row)) continue;
      next = row + 1;
      asked[row] = 1;
      if (group === null) continue;
      const number = found.get(group) ?? counts.push(0) - 1;
      found.set(group, number);
      counts[number]! += 1;
      groupOf[row] = number;
    }
  }
  return { asked, ...largest(found, counts, groupOf, context) };
}

/** The groups in the order of their names, and where each customer is among them. */
function largest(
  found: ReadonlyMap<string, number>,
  counts: readonly number[],
  groupOf: Int32Array,
  { cut }: RunContext,
): Pick<Members, 'groups' | 'groupOf'> {
  const bySize = [...found].toSorted(([a, i], [b, j]) => counts[j]! - counts[i]! || compareText(a, b));
  const kept = bySize.slice(0, MOST_GROUPS).toSorted(([a], [b]) => compareText(a, b));
  if (found.size > kept.length) cut(`by: the ${MOST_GROUPS} groups with the most customers of ${found.size}`);
  const places = new Int32Array(counts.length).fill(-1);
  kept.forEach(([, number], place) => (places[number] = place));
  return { groups: kept.map(([name]) => name), groupOf: groupOf.map((number) => (number < 0 ? -1 : places[number]!)) };
}
