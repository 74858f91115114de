import type { SqlKit } from '../../analysis/define.ts';
import { date, join, nothing, sql, type Sql } from '../../data/sql/sql.ts';

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
function holding(kit: SqlKit, grain: Asked['grain'] = 'product'): Sql {
  const active = isActive(kit);
  return sql`count(*) as relationships,
  ${grain === 'relationship' ? sql`min(r.relationship_id) as relationship_id,` : nothing}
  min(r.relationship_type) as relationship_type,
  min(r.start_date) as first_start,
  max(r.start_date) as last_start,
  case when count(r.end_date) = count(*) then max(r.end_date) end as end_date,
  max(case when ${active} then 1 else 0 end) = 1 as is_active,
  coalesce(sum(case when r.value_kind = 'once' then r.value end), 0) as value_once,
  coalesce(sum(case when r.value_kind = 'monthly' and ${active} then r.value end), 0) as value_monthly`;
}

function relationshipId(grain: Asked['grain']): Sql {
  return grain === 'relationship' ? sql`h.relationship_id` : sql`cast(null as varchar) as relationship_id`;
}

/** One row per product (or relationship) of a customer, with what the product is. */
export function productsOfCustomer({ customerId, ownership, grain }: Asked & { customerId: string }, kit: SqlKit): Sql {
  return sql`select h.product_id, p.product_name, p.product_category, p.product_type, p.status as product_status,
  h.relationships, ${relationshipId(grain)}, h.relationship_type, h.first_start, h.last_start, h.end_date, h.is_active, h.value_once, h.value_monthly
from (
  select r.product_id,
  ${holding(kit, grain)}
  from ${kit.t.customerProducts} r
  where r.customer_id = ${customerId} and ${counts(ownership, kit)}
  group by r.product_id${grain === 'relationship' ? sql`, r.relationship_id` : nothing}
) h
left join ${kit.t.products} p on p.product_id = h.product_id`;
}

/** One row per customer (or relationship) of a product, with who the customer is. */
export function customersOfProduct({ productId, ownership, grain }: Asked & { productId: string }, kit: SqlKit): Sql {
  return sql`select h.customer_id, c.customer_name, c.customer_type, c.region, c.status as customer_status,
  h.relationships, ${relationshipId(grain)}, h.relationship_type, h.first_start, h.last_start, h.end_date, h.is_active, h.value_once, h.value_monthly
from (
  select r.customer_id,
  ${holding(kit, grain)}
  from ${kit.t.customerProducts} r
  where r.product_id = ${productId} and ${counts(ownership, kit)}
  group by r.customer_id${grain === 'relationship' ? sql`, r.relationship_id` : nothing}
) h
left join ${kit.t.customers} c on c.customer_id = h.customer_id`;
}

/** One row per customer among those named who has a product. */
export function ownersAmong(
  { productId, ownership, leftOut }: Pick<Asked, 'ownership'> & { productId: string; leftOut: readonly string[] },
  kit: SqlKit,
): Sql {
  return sql`select r.customer_id,
  ${holding(kit)}
from ${kit.t.customerProducts} r
where r.product_id = ${productId} and ${among(sql`r.customer_id`, leftOut, kit)} and ${counts(ownership, kit)}
group by r.customer_id`;
}

/** One row per customer that is named and exists: who it is. */
export function customersNamed(ids: readonly string[], kit: Pick<SqlKit, 't' | 'd'>): Sql {
  return sql`select c.customer_id, c.customer_name, c.customer_type, c.region, c.status as customer_status
from ${kit.t.customers} c
where ${among(sql`c.customer_id`, ids, kit)}`;
}

/** Ids that are bound one by one, always so many: an engine finds these by its index or by the bounds of its blocks, but not those of a list. */
const FEW_IDS = 100;

function among(column: Sql, ids: readonly string[], { d }: Pick<SqlKit, 'd'>): Sql {
  if (ids.length > FEW_IDS) return sql`${column} in (select l.id from ${d.idList(ids)} l)`;
  const bound = Array.from({ length: FEW_IDS }, (_, i) => sql`${(ids[i] ?? ids[0]!).toWellFormed()}`);
  return sql`${column} in (${join(bound, ', ')})`;
}

type Lookup = {
  readonly customerIds?: readonly string[];
  readonly productIds?: readonly string[];
  /** Only pairs of these customers. */
  readonly customers?: readonly string[];
  readonly ownership: 'active' | 'ever';
};

/** One row per pair of a customer and a product, for the customers or products that are named. */
export function pairsOf({ customerIds, productIds, customers, ownership }: Lookup, kit: SqlKit): Sql {
  const named =
    customerIds === undefined
      ? sql`r.product_id in (select l.id from ${kit.d.idList(productIds ?? [])} l)`
      : sql`r.customer_id in (select l.id from ${kit.d.idList(customerIds)} l)`;
  const only = customers === undefined ? nothing : sql` and ${among(sql`r.customer_id`, customers, kit)}`;
  return sql`select r.customer_id, r.product_id,
  ${holding(kit)}
from ${kit.t.customerProducts} r
where ${named}${only} and ${counts(ownership, kit)}
group by r.customer_id, r.product_id`;
}

/** Named ids that no customer (or product) has: one row each, at most 20, column `id`, and `unknown`, how many there are. */
export function unknownIds({ customerIds, productIds }: Lookup, kit: SqlKit): Sql {
  const ids = customerIds ?? productIds ?? [];
  const isFew = (column: Sql) => (ids.length > FEW_IDS ? nothing : sql` and ${among(column, ids, kit)}`);
  const isKnown =
    customerIds === undefined
      ? sql`select 1 from ${kit.t.products} p where p.product_id = i.id${isFew(sql`p.product_id`)}`
      : sql`select 1 from ${kit.t.customers} c where c.customer_id = i.id${isFew(sql`c.customer_id`)}`;
  // Not `count(*) over ()`: it races in DuckDB 1.5.5 and takes the whole database down.
  return sql`with l as (
  select distinct i.id
  from ${kit.d.idList(ids)} i
  where not exists (${isKnown})
)
select l.id, n.unknown
from l
cross join (select count(*) as unknown from l) n
order by l.id nulls last
limit 20`;
}

/** One row: how much there is, and how much of it is active on asOf. Grouped by one id at a time: pairs would be as many as relationships. */
export function ownershipSummary(_: unknown, kit: SqlKit): Sql {
  const active = sql`sum(case when ${isActive(kit)} then 1 else 0 end)`;
  return sql`with by_customer as (
  select r.customer_id,
    count(*) as relationships,
    ${active} as active_relationships,
    sum(case when r.start_date <= ${date(kit.asOf)} then 1 else 0 end) as started,
    sum(case when r.start_date is null then 1 else 0 end) as without_start,
    sum(case when r.end_date < r.start_date then 1 else 0 end) as ends_before_start
  from ${kit.t.customerProducts} r
  group by r.customer_id
),
by_product as (
  select r.product_id, ${active} as active_relationships
  from ${kit.t.customerProducts} r
  group by r.product_id
),
of_customers as (
  select sum(b.relationships) as relationships,
    sum(b.active_relationships) as active_relationships,
    count(case when b.active_relationships > 0 then c.customer_id end) as owners,
    sum(case when c.customer_id is not null then b.active_relationships end) as relationships_of_owners,
    count(case when b.started > 0 then c.customer_id end) as ever_owners,
    sum(b.without_start) as without_start,
    sum(b.ends_before_start) as ends_before_start,
    count(case when c.customer_id is null then 1 end) as unknown_customers
  from by_customer b
  left join ${kit.t.customers} c on c.customer_id = b.customer_id
),
of_products as (
  select count(case when b.active_relationships > 0 then p.product_id end) as owned_products,
    count(case when p.product_id is null then 1 end) as unknown_products
  from by_product b
  left join ${kit.t.products} p on p.product_id = b.product_id
)
select
  (select count(*) from ${kit.t.customers} c) as customers,
  (select count(*) from ${kit.t.products} p) as products,
  oc.relationships, oc.active_relationships, oc.owners, oc.ever_owners, op.owned_products,
  cast(oc.relationships_of_owners as double) / nullif(oc.owners, 0) as relationships_per_owner,
  oc.without_start, oc.ends_before_start, oc.unknown_customers, op.unknown_products
from of_customers oc
cross join of_products op`;
}
