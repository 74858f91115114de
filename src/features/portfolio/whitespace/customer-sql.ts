import type { SqlKit } from '../../../analysis/define.ts';
import { sql, type Sql } from '../../../data/sql/sql.ts';
import type { Asked } from './members-sql.ts';
import { productsOnSale } from './products-sql.ts';
import { MEDIANS, limitTo, ownedByMembers } from './queries.ts';

/**
 * One row per product on sale that the customer does not hold, the highest value first; none when the customer is not
 * eligible. P(buy) is owners with more products than the customer has, divided by customers with as many or more; an
 * owner with as many has one other product less, and is in neither.
 */
export function customerWhitespace(params: Asked & { readonly customerId: string }, kit: SqlKit): Sql {
  return sql`with ${ownedByMembers(params, kit)},
${MEDIANS},
one as (
  select m.segment_number, m.segment, m.products
  from members m
  where m.customer_id = ${params.customerId}
),
sizes as (
  select n.segment_number, n.segment, count(*) as customers,
    sum(case when m.products >= n.products then 1 else 0 end) as customers_from
  from members m
  join one n on n.segment_number = m.segment_number
  group by n.segment_number, n.segment
),
alike as (
  select o.product_id,
    sum(case when o.products > n.products then 1 else 0 end) as owners_above,
    sum(case when o.products = n.products then 1 else 0 end) as owners_level
  from owned o
  join one n on n.segment_number = o.segment_number
  group by o.product_id
),
cells as (
  select p.product_id, p.product_name, p.product_category, z.segment, z.customers, coalesce(d.owners, 0) as owners,
    d.median_value,
    cast(coalesce(a.owners_above, 0) as double) / nullif(z.customers_from - coalesce(a.owners_level, 0), 0) as probability
  from sizes z
  cross join (${productsOnSale(params, kit)}) p
  left join medians d on d.segment_number = z.segment_number and d.product_id = p.product_id
  left join alike a on a.product_id = p.product_id
  where p.product_id not in (select x.product_id from pairs x where x.customer_id = ${params.customerId})
)
select c.product_id, c.product_name, c.product_category, c.segment, c.customers, c.owners,
  cast(c.owners as double) / nullif(c.customers, 0) as owned_share, c.probability, c.median_value,
  cast(round(coalesce(c.probability * c.median_value, 0), 2) as decimal(38, 2)) as value
from cells c
order by value desc nulls last, c.probability desc nulls last, c.product_id nulls last${limitTo(params)}`;
}
