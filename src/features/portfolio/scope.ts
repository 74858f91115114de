import type { SqlKit } from '../../analysis/define.ts';
import { isActiveOn, isCounted } from '../../analysis/measures.ts';
import { isAsked, isCustomerAsked, isEverybody, type Population } from '../../analysis/population.ts';
import { date, nothing, sql, type Sql } from '../../data/sql/sql.ts';

export type Ownership = 'active' | 'ever';

/** A condition on relationships `r`: they are counted on asOf, and of customers and products that are asked about. */
export function isInScope(params: Population, kit: SqlKit): Sql {
  return sql`r.customer_id is not null and r.product_id is not null and ${isCounted(kit.asOf)} and ${isAsked(params, kit)}`;
}

/** A condition on relationships `r`: they are in scope, and hold on asOf where that is asked. */
export function isHeld(params: Population, ownership: Ownership, kit: SqlKit): Sql {
  return sql`${isInScope(params, kit)}${ownership === 'active' ? sql` and ${isActiveOn(kit.asOf)}` : nothing}`;
}

/** A condition on relationships `r`: they are in scope, and their customer has a row. */
export function isOfCustomer(params: Population, kit: SqlKit): Sql {
  // A filter on customers has picked those with a row already.
  const known = isEverybody(params)
    ? sql` and r.customer_id in (select k.customer_id from ${kit.t.customers} k)`
    : nothing;
  return sql`${isInScope(params, kit)}${known}`;
}

/**
 * A select of the customers who could be owners, one row each: customer_id, customer_type, region. They are asked about,
 * and registered by asOf; who has no registration date, or has something all the same, counts too.
 */
export function eligibleCustomers(params: Population, kit: SqlKit): Sql {
  return sql`select c.customer_id, c.customer_type, c.region
  from ${kit.t.customers} c
  left join (
    select distinct r.customer_id
    from ${kit.t.customerProducts} r
    join ${kit.t.customers} k on k.customer_id = r.customer_id
    where k.registration_date > ${date(kit.asOf)} and ${isCounted(kit.asOf)}
  ) l on l.customer_id = c.customer_id
  where (c.registration_date is null or c.registration_date <= ${date(kit.asOf)} or l.customer_id is not null)
    and ${isCustomerAsked(sql`c.customer_id`, params, kit)}`;
}
