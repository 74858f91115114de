import type { RunContext } from '../../../analysis/define.ts';
import type { FactsOptions } from '../../../analysis/facts/model.ts';
import type { Population } from '../../../analysis/population.ts';
import { numbersInOrder } from '../../../lib/sorted-ids.ts';
import type { Grouping } from '../evaluation/model.ts';
import { customersInGroups } from '../evaluation/members.ts';
import { OWNER } from './holdings.ts';

/** Who may be listed: their rows among the holdings, and their groups by number. */
export type Candidates = {
  readonly rows: Uint32Array;
  readonly groupOf: Uint32Array;
  readonly groups: readonly (string | null)[];
  /** Customers who are asked about, and who of them have the product. */
  readonly asked: number;
  readonly owners: number;
};

export type CandidatesAsked = Population &
  Partial<FactsOptions> & { readonly per: Grouping; readonly minScore: number };

/** The customers who are asked about, do not have the product, and reach the score; `scores` are by row of `customers`. */
export async function candidatesAsked(
  { per, minScore, ...asked }: CandidatesAsked,
  { customers, scores }: { readonly customers: readonly string[]; readonly scores: Float64Array },
  context: RunContext,
): Promise<Candidates> {
  const [rows, groupOf] = [new Uint32Array(customers.length), new Uint32Array(customers.length)];
  const groups = new Map<string | null, number>();
  const count = { asked: 0, owners: 0, found: 0 };
  const rowOf = numbersInOrder(customers);
  for await (const { rowCount, columns } of await context.stream(customersInGroups({ ...asked, by: per }, context))) {
    for (let i = 0; i < rowCount; i++) {
      const score = scores[rowOf(columns[0]![i] as string)] ?? 0;
      count.asked += 1;
      if (score === OWNER) count.owners += 1;
      if (score <= 0 || score < minScore) continue;
      const group = columns[1]![i] as string | null;
      if (!groups.has(group)) groups.set(group, groups.size);
      rows[count.found] = rowOf(columns[0]![i] as string);
      groupOf[count.found++] = groups.get(group)!;
    }
  }
  const { found, ...counts } = count;
  return { rows: rows.subarray(0, found), groupOf: groupOf.subarray(0, found), groups: [...groups.keys()], ...counts };
}
