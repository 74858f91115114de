import type { SqlKit } from '../../../analysis/define.ts';
import type { FactsOptions } from '../../../analysis/facts/model.ts';
import { factsTable } from '../../../analysis/facts/table.ts';
import type { Population } from '../../../analysis/population.ts';
import { nothing, sql, type Sql } from '../../../data/sql/sql.ts';
import { eligibleCustomers, type Ownership } from '../scope.ts';
import type { SegmentSet } from './model.ts';

export type Asked = Population &
  Partial<FactsOptions> & { readonly by: SegmentSet; readonly ownership: Ownership; readonly limit?: number };

/** The segment of eligible customers `e`, and whether it takes the facts `f` beside them. */
const SEGMENTS: Readonly<Record<SegmentSet, readonly [segment: Sql, isFact: boolean]>> = Object.freeze({
  tier: [sql`f.tier`, true],
  rfm: [sql`f.rfm_segment`, true],
  lifecycle: [sql`f.lifecycle`, true],
  type: [sql`e.customer_type`, false],
  region: [sql`e.region`, false],
});

/** A select of the eligible customers who are asked about, one row each: customer_id, segment. */
export function segmentMembers(params: Asked, kit: SqlKit): Sql {
  const [segment, isFact] = SEGMENTS[params.by];
  const facts = isFact ? sql`\n  join ${factsTable(params, kit)} f on f.customer_id = e.customer_id` : nothing;
  return sql`select e.customer_id, ${segment} as segment
  from (${eligibleCustomers(params, kit)}) e${facts}`;
}

/** The same in the order of their ids. */
export function membersInOrder(params: Asked, kit: SqlKit): Sql {
  return sql`select m.customer_id, m.segment
from (${segmentMembers(params, kit)}) m
order by m.customer_id nulls last`;
}
