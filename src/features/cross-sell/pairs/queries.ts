import type { SqlKit } from '../../../analysis/define.ts';
import { isCustomerAsked, isProductAsked, type Population } from '../../../analysis/population.ts';
import { isHeld } from '../../../analysis/snapshot/held-sql.ts';
import { nothing, sql, type Sql } from '../../../data/sql/sql.ts';

export type AskedPairs = Population & {
  readonly grain: 'product' | 'category';
  readonly ownership: 'active' | 'ever';
  readonly minCustomers: number;
  readonly minOwners: number;
};

/** Above every number of an item: two of them make one key, which an engine groups by faster than by two columns. */
const PACK = sql`4294967296`;

/**
 * CTEs: `base`, how many customers hold anything; `held`, each item of each customer once; `items`, those with enough
 * owners, numbered in the order of ids. The product filter is of items: the base does not depend on it.
 */
function itemsHeld(params: AskedPairs, kit: SqlKit): Sql {
  const { grain, ownership, minCustomers, minOwners } = params;
  const counts = sql`${isHeld(ownership, kit)} and ${isCustomerAsked(sql`r.customer_id`, params, kit)}`;
  const isItem = isProductAsked(sql`r.product_id`, params, kit);
  const held =
    grain === 'product'
      ? sql`select distinct r.customer_id, r.product_id as item_id
  from ${kit.t.customerProducts} r
  where ${counts} and ${isItem}`
      : sql`select distinct r.customer_id, p.product_category as item_id
  from ${kit.t.customerProducts} r
  join ${kit.t.products} p on p.product_id = r.product_id
  where ${counts} and p.product_category is not null and ${isItem}`;
  // With fewer owners than that there is no pair of so many customers.
  return sql`base as (
  select count(distinct r.customer_id) as customers
  from ${kit.t.customerProducts} r
  where ${counts}
),
held as (
  ${held}
),
items as (
  select h.item_id, count(*) as owners, row_number() over (order by h.item_id nulls last) as n
  from held h
  group by h.item_id
  having count(*) >= ${Math.max(minCustomers, minOwners)}
)`;
}

/** One row per pair of items that enough customers hold, in no order: item_a, item_b, owners_a, owners_b, customers (with both), base. */
export function pairCounts(params: AskedPairs, kit: SqlKit): Sql {
  return sql`with ${itemsHeld(params, kit)},
owned as (
  select h.customer_id, i.n
  from held h
  join items i on i.item_id = h.item_id
),
keys as (
  select a.n * ${PACK} + b.n as pair
  from owned a
  join owned b on b.customer_id = a.customer_id and b.n > a.n
),
pairs as (
  select k.pair, count(*) as customers
  from keys k
  group by k.pair
  having count(*) >= ${params.minCustomers}
)
select a.item_id as item_a, b.item_id as item_b, a.owners as owners_a, b.owners as owners_b, p.customers, n.customers as base
from pairs p
join items b on b.n = p.pair % ${PACK}
join items a on a.n * ${PACK} = p.pair - p.pair % ${PACK}
cross join base n`;
}

/** The same of one item, which is A, whether the product filter keeps it or not. */
export function pairCountsOf(item: string, params: AskedPairs, kit: SqlKit): Sql {
  const of = params.grain === 'product' ? sql`r.product_id` : sql`p.product_category`;
  const products =
    params.grain === 'product' ? nothing : sql`\n  join ${kit.t.products} p on p.product_id = r.product_id`;
  return sql`with ${itemsHeld(params, kit)},
own as (
  select distinct r.customer_id
  from ${kit.t.customerProducts} r${products}
  where ${of} = ${item} and ${isHeld(params.ownership, kit)} and ${isCustomerAsked(sql`r.customer_id`, params, kit)}
),
size as (
  select count(*) as owners
  from own o
),
pairs as (
  select h.item_id, count(*) as customers
  from held h
  join own o on o.customer_id = h.customer_id
  where h.item_id <> ${item}
  group by h.item_id
  having count(*) >= ${params.minCustomers}
)
select cast(${item} as varchar) as item_a, b.item_id as item_b, s.owners as owners_a, b.owners as owners_b, p.customers, n.customers as base
from pairs p
join items b on b.item_id = p.item_id
cross join size s
cross join base n
where s.owners >= ${params.minOwners}`;
}

/** One row per product that has a category: product_id, product_category. */
export function categoriesOfProducts({ t }: Pick<SqlKit, 't'>): Sql {
  return sql`select p.product_id, p.product_category
from ${t.products} p
where p.product_category is not null`;
}
