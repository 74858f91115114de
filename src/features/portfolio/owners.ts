/*
 * Who owns what, a table that statements read; both ways give the same rows:
 *
 *   in memory (matrix of ever, matrix of active) ─ customers asked about, by one statement ─ counted by item ─ handed over as rows
 *   no matrix ─ distinct pairs of the relationships, which at 20 M of them takes most of the time of the statement
 */
import type { RunContext, SqlKit } from '../../analysis/define.ts';
import { isActiveOn } from '../../analysis/measures.ts';
import { areAllProducts, isCustomerAsked, type Population } from '../../analysis/population.ts';
import { heldMatrix, type HeldMatrix } from '../../analysis/snapshot/held-matrix.ts';
import { sql, type Sql } from '../../data/sql/sql.ts';
import { ownersOfGroups } from '../../lib/co-occurrence/owners-of-groups.ts';
import { numbersInOrder } from '../../lib/sorted-ids.ts';
import { turnsOf } from '../../lib/turns.ts';
import { categoriesOf, MANY_PRODUCTS } from './categories-of.ts';
import { isOfCustomer } from './scope.ts';

/** What is owned: a product, or a category, of which a customer with several of its products is one owner. */
export type Grain = 'product' | 'category';

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/** A table: item (null: what has no category), owners (customers with a row who had it by asOf), active_owners. What nobody has may be in it or not. */
export function ownersBySql(grain: Grain, params: Population, kit: SqlKit): Sql {
  const item = grain === 'product' ? sql`r.product_id` : sql`p.product_category`;
  const from =
    grain === 'product'
      ? sql`${kit.t.customerProducts} r`
      : sql`${kit.t.customerProducts} r
      left join ${kit.t.products} p on p.product_id = r.product_id`;
  return sql`(
    select o.item, count(*) as owners, sum(o.is_active) as active_owners
    from (
      select ${item} as item, r.customer_id, max(case when ${isActiveOn(kit.asOf)} then 1 else 0 end) as is_active
      from ${from}
      where ${isOfCustomer(params, kit)}
      group by ${item}, r.customer_id
    ) o
    group by o.item
  )`;
}

/** The same table from memory; undefined where SQL has to answer. */
export async function ownersInMemory(grain: Grain, params: Population, context: RunContext): Promise<Sql | undefined> {
  const ever = await heldMatrix(context, 'ever');
  const active = await heldMatrix(context, 'active');
  const items = ever && (await itemsOf(grain, params, context, ever.products));
  if (active === undefined || items === undefined) return undefined;
  const [everAsked, activeAsked] = await customersAskedIn([ever!, active], params, context);
  const owners = await countedBy(items, ever!, everAsked!);
  const activeOwners = await countedBy(items, active, activeAsked!);
  const rows = items.names.map((name, item) => [name, String(owners[item]), String(activeOwners[item])]);
  return context.d.rows(OWNERS, JSON.stringify(rows));
}

/** Columns of the table. */
export const OWNERS = Object.freeze([
  { name: 'item', type: 'varchar' },
  { name: 'owners', type: 'bigint' },
  { name: 'active_owners', type: 'bigint' },
]);

/** Items by number, and the item of each product that is asked about. */
type Items = { readonly names: readonly (string | null)[]; readonly ofProduct: ReadonlyMap<string, number> };

async function itemsOf(
  grain: Grain,
  params: Population,
  context: RunContext,
  products: readonly string[],
): Promise<Items | undefined> {
  if (products.length > MANY_PRODUCTS) return undefined;
  if (grain === 'product') return { names: products, ofProduct: new Map(products.map((id, i) => [id, i])) };
  const categoryOf = await categoriesOf(params, context);
  if (categoryOf === undefined) return undefined;
  // Ids that no product has are in no category, and are asked about where all are.
  if (areAllProducts(params)) for (const id of products) if (!categoryOf.has(id)) categoryOf.set(id, null);
  const names = [...new Set(categoryOf.values())];
  const numbers = new Map(names.map((name, i) => [name, i]));
  return { names, ofProduct: new Map(Array.from(categoryOf, ([id, name]) => [id, numbers.get(name)!])) };
}

/** A select of the customers with a row who are asked about, in the order of their ids. */
export function customersInOrder(params: Population, kit: SqlKit): Sql {
  return sql`select c.customer_id
from ${kit.t.customers} c
where ${isCustomerAsked(sql`c.customer_id`, params, kit)}
order by c.customer_id nulls last`;
}

/** Of each: which customers have a row and are asked about, by number. */
async function customersAskedIn(
  matrices: readonly HeldMatrix[],
  params: Population,
  context: RunContext,
): Promise<readonly Uint8Array[]> {
  const marked = matrices.map(({ customers }) => ({
    numberOf: numbersInOrder(customers),
    marks: new Uint8Array(customers.length),
  }));
  const asked = await context.stream(customersInOrder(params, context));
  for await (const { columns } of asked)
    for (const id of columns[0] as readonly string[])
      for (const { numberOf, marks } of marked) {
        const number = numberOf(id);
        if (number >= 0) marks[number] = 1;
      }
  return marked.map(({ marks }) => marks);
}

function countedBy({ names, ofProduct }: Items, { matrix, products }: HeldMatrix, isCounted: Uint8Array) {
  const groupOf = Int32Array.from(products, (id) => ofProduct.get(id) ?? -1);
  return ownersOfGroups(matrix, { groupOf, groups: names.length, isCounted }, turnsOf(TURN_MS));
}
