import { sql, type Sql } from '../../data/sql/sql.ts';
import type { SqlKit } from '../define.ts';
import { isActiveOn } from '../measures.ts';

export type AlikeOptions = {
  /** Rows at most. */
  readonly count: number;
  /** Products in common at least, 1 or more. */
  readonly minCommon: number;
};

/**
 * One row per customer of those most like one: customer_id, common (products that both have on asOf), union_size (products
 * that one of them has), jaccard (their quotient); nearest first, ties by id. The order of quotients is that of the
 * fractions: two different ones are further apart than a double's last digit.
 */
export function mostAlikeSql(customerId: string, kit: SqlKit, { count, minCommon }: AlikeOptions): Sql {
  const { t } = kit;
  return sql`with own as (
  select distinct r.product_id
  from ${t.customerProducts} r
  where r.customer_id = ${customerId} and r.product_id is not null and ${isActiveOn(kit.asOf)}
),
alike as (
  select r.customer_id, count(distinct r.product_id) as common
  from ${t.customerProducts} r
  join own o on o.product_id = r.product_id
  where r.customer_id <> ${customerId} and ${isActiveOn(kit.asOf)}
  group by r.customer_id
  having count(distinct r.product_id) >= ${minCommon}
),
sizes as (
  select r.customer_id, count(distinct r.product_id) as products
  from ${t.customerProducts} r
  join alike a on a.customer_id = r.customer_id
  where ${isActiveOn(kit.asOf)}
  group by r.customer_id
),
pairs as (
  select a.customer_id, a.common, n.products + s.products - a.common as union_size
  from alike a
  join sizes s on s.customer_id = a.customer_id
  cross join (select count(*) as products from own o) n
)
select p.customer_id, p.common, p.union_size, cast(p.common as double) / nullif(p.union_size, 0) as jaccard
from pairs p
order by jaccard desc nulls last, p.customer_id nulls last
limit ${count}`;
}
