import type { SqlKit } from '../../analysis/define.ts';
import { date, nothing, sql, type Sql } from '../../data/sql/sql.ts';

type Asked = { readonly ownership: 'active' | 'ever'; readonly grain: 'product' | 'relationship' };

/** Holds on asOf: started, and not yet ended (half-open, so that an end before the start is active on no day). */
function isActive({ asOf }: SqlKit): Sql {
  return sql`(r.start_date <= ${date(asOf)} and (r.end_date is null or r.end_date > ${date(asOf)}))`;
}

/** What counts as owning: active on asOf, or ever started by then. */
function counts(ownership: Asked['ownership'], kit: SqlKit): Sql {
  return ownership === 'active' ? isActive(kit) : sql`r.start_date <= ${date(kit.asOf)}`;
}

/** The columns that say what relationships stand behind a row, over one group of them. */
function holding(kit: SqlKit): Sql {
  const active = isActive(kit);
  return sql`count(*) as relationships,
  case when count(*) = 1 then min(r.relationship_id) end as relationship_id,
  min(r.relationship_type) as relationship_type,
  min(r.start_date) as first_start,
  max(r.start_date) as last_start,
  case when count(r.end_date) = count(*) then max(r.end_date) end as end_date,
  max(case when ${active} then 1 else 0 end) = 1 as is_active,
  coalesce(sum(case when r.value_kind = 'once' then r.value end), 0) as value_once,
  coalesce(sum(case when r.value_kind = 'monthly' and ${active} then r.value end), 0) as value_monthly`;
}

/** One row per product (or relationship) of a customer, with what the product is. */
export function productsOfCustomer({ customerId, ownership, grain }: Asked & { customerId: string }, kit: SqlKit): Sql {
  return sql`select h.product_id, p.product_name, p.product_category, p.product_type, p.status as product_status,
  h.relationships, h.relationship_id, h.relationship_type, h.first_start, h.last_start, h.end_date, h.is_active, h.value_once, h.value_monthly
from (
  select r.product_id,
  ${holding(kit)}
  from ${kit.t.customerProducts} r
  where r.customer_id = ${customerId} and ${counts(ownership, kit)}
  group by r.product_id${grain === 'relationship' ? sql`, r.relationship_id` : nothing}
) h
left join ${kit.t.products} p on p.product_id = h.product_id`;
}

/** One row per customer (or relationship) of a product, with who the customer is. */
export function customersOfProduct({ productId, ownership, grain }: Asked & { productId: string }, kit: SqlKit): Sql {
  return sql`select h.customer_id, c.customer_name, c.customer_type, c.region, c.status as customer_status,
  h.relationships, h.relationship_id, h.relationship_type, h.first_start, h.last_start, h.end_date, h.is_active, h.value_once, h.value_monthly
from (
  select r.customer_id,
  ${holding(kit)}
  from ${kit.t.customerProducts} r
  where r.product_id = ${productId} and ${counts(ownership, kit)}
  group by r.customer_id${grain === 'relationship' ? sql`, r.relationship_id` : nothing}
) h
left join ${kit.t.customers} c on c.customer_id = h.customer_id`;
}

type Lookup = {
  readonly customerIds?: readonly string[];
  readonly productIds?: readonly string[];
  readonly ownership: 'active' | 'ever';
};

/** One row per pair of a customer and a product, for the customers or products that are named. */
export function pairsOf({ customerIds, productIds, ownership }: Lookup, kit: SqlKit): Sql {
  const named =
    customerIds === undefined
      ? sql`r.product_id in (select l.id from ${kit.d.idList(productIds ?? [])} l)`
      : sql`r.customer_id in (select l.id from ${kit.d.idList(customerIds)} l)`;
  return sql`select r.customer_id, r.product_id,
  ${holding(kit)}
from ${kit.t.customerProducts} r
where ${named} and ${counts(ownership, kit)}
group by r.customer_id, r.product_id`;
}

/** Named ids that no customer (or product) has: one row each, at most `limit`, column `id`, and `unknown`, how many there are. */
export function unknownIds({ customerIds, productIds }: Lookup, kit: SqlKit): Sql {
  const limit = 20;
  return customerIds === undefined
    ? sql`select l.id, count(*) over () as unknown from (select distinct i.id from ${kit.d.idList(productIds ?? [])} i) l
where not exists (select 1 from ${kit.t.products} p where p.product_id = l.id) order by l.id nulls last limit ${limit}`
    : sql`select l.id, count(*) over () as unknown from (select distinct i.id from ${kit.d.idList(customerIds)} i) l
where not exists (select 1 from ${kit.t.customers} c where c.customer_id = l.id) order by l.id nulls last limit ${limit}`;
}

/** One row: how much there is, and how much of it is active on asOf. */
export function ownershipSummary(_: unknown, kit: SqlKit): Sql {
  const active = isActive(kit);
  return sql`select
  (select count(*) from ${kit.t.customers} c) as customers,
  (select count(*) from ${kit.t.products} p) as products,
  s.relationships, s.active_relationships, s.owners, s.ever_owners, s.owned_products,
  cast(s.active_pairs as double) / nullif(s.owners, 0) as products_per_owner,
  s.without_start, s.ends_before_start
from (
  select sum(g.relationships) as relationships,
    sum(g.active_relationships) as active_relationships,
    count(distinct case when g.active_relationships > 0 then g.customer_id end) as owners,
    count(distinct case when g.started > 0 then g.customer_id end) as ever_owners,
    count(distinct case when g.active_relationships > 0 then g.product_id end) as owned_products,
    count(case when g.active_relationships > 0 then 1 end) as active_pairs,
    sum(g.without_start) as without_start,
    sum(g.ends_before_start) as ends_before_start
  from (
    select r.customer_id, r.product_id,
      count(*) as relationships,
      sum(case when ${active} then 1 else 0 end) as active_relationships,
      sum(case when r.start_date <= ${date(kit.asOf)} then 1 else 0 end) as started,
      sum(case when r.start_date is null then 1 else 0 end) as without_start,
      sum(case when r.end_date < r.start_date then 1 else 0 end) as ends_before_start
    from ${kit.t.customerProducts} r
    group by r.customer_id, r.product_id
  ) g
) s`;
}
