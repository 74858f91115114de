import { sql, type Sql } from '../../data/sql/sql.ts';
import { oneOf } from '../../data/writes/one-of.ts';
import type { SqlKit } from '../define.ts';
import { isActiveOn, isCounted } from '../measures.ts';
import type { Ownership } from './held-on.ts';

/** A condition on relationships `r`: they have a customer and a product, and count as held; what putHeld() says of the snapshot. */
export function isHeld(ownership: Ownership, { asOf }: Pick<SqlKit, 'asOf'>): Sql {
  const counts = ownership === 'active' ? isActiveOn(asOf) : isCounted(asOf);
  return sql`r.customer_id is not null and r.product_id is not null and ${counts}`;
}

/** One row per product that some customers hold: customer_id, product_id; at most `limit`. There is at least one customer. */
export function heldPairsOf(
  customerIds: readonly string[],
  ownership: Ownership,
  kit: Pick<SqlKit, 't' | 'd' | 'asOf'>,
  limit: number,
): Sql {
  return sql`select distinct r.customer_id, r.product_id
from ${kit.t.customerProducts} r
where ${oneOf(kit.d, sql`r.customer_id`, customerIds)} and ${isHeld(ownership, kit)}
limit ${limit}`;
}
