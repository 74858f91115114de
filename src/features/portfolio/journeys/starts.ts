import type { SqlKit } from '../../../analysis/define.ts';
import { isCounted } from '../../../analysis/measures.ts';
import { periodOf, type Period } from '../../../analysis/period.ts';
import { isAsked, type Population } from '../../../analysis/population.ts';
import { sql, type Sql } from '../../../data/sql/sql.ts';
import type { Grain } from './model.ts';

/** The product, or the category, of a relationship `r`; of categories with the products `p` beside it (`startsFrom`). */
export function itemOf(grain: Grain): Sql {
  return grain === 'product' ? sql`r.product_id` : sql`p.product_category`;
}

/** Relationships `r`, at grain=category with their products `p`. */
export function startsFrom(grain: Grain, { t }: SqlKit): Sql {
  return grain === 'product'
    ? sql`${t.customerProducts} r`
    : sql`${t.customerProducts} r
  join ${t.products} p on p.product_id = r.product_id`;
}

/** Counted by asOf, of a customer and an item that are known by a name, and asked about. */
export function isStart(grain: Grain, asked: Population, kit: SqlKit): Sql {
  return sql`${isCounted(kit.asOf)} and r.customer_id is not null and ${itemOf(grain)} is not null and ${isAsked(asked, kit)}`;
}

/** The names of items, for `left join … i on i.item_id = …`. */
export function itemNames(grain: Grain, { t }: SqlKit): Sql {
  return grain === 'product'
    ? sql`select p.product_id as item_id, p.product_name as item_name from ${t.products} p`
    : sql`select distinct p.product_category as item_id, p.product_category as item_name from ${t.products} p`;
}

/** Days before this are in no calendar that a warehouse keeps alike. */
const FIRST_DAY = '0001-01-01';

/** The period of first starts; all days up to asOf unless it is given. Throws request.invalid. */
export function cohortOf({ from, to }: Partial<Period>, asOf: string): Period {
  return periodOf({ from: from ?? FIRST_DAY, ...(to !== undefined && { to }) }, asOf);
}
