import { fieldsOfTable, type Field } from '../../../analysis/columns.ts';
import type { SqlKit } from '../../../analysis/define.ts';
import { isActiveOn, isCounted, startsIn } from '../../../analysis/measures.ts';
import { periodOf, type Period } from '../../../analysis/period.ts';
import { isAsked, type Population } from '../../../analysis/population.ts';
import { id, nothing, sql, type Sql } from '../../../data/sql/sql.ts';
import { AppError } from '../../../lib/app-error.ts';
import { didYouMean } from '../../../lib/near-name.ts';

export type AskedBaskets = Population &
  Partial<Period> & {
    readonly basket: string;
    readonly grain: 'product' | 'category';
    readonly ownership: 'active' | 'ever';
  };

/** Kinds of baskets besides those that a field of relationships names. */
const NAMED = ['customer', 'customer-day'] as const;

/** What can name a basket; numbers with decimals and flags do not. */
const NAMING = ['text', 'integer', 'date', 'timestamp'];

/**
 * One row per relationship with an item that is asked about, duplicates too: columns owner, item, and day when baskets are
 * of a day. Equal rows are told apart from others by whoever reads them, who sorts them anyway: on DuckDB 1.5 a distinct
 * over 20 M rows of two texts takes longer than to read them all. Throws request.invalid.
 */
export function basketRows(params: AskedBaskets, kit: SqlKit): Sql {
  const { basket, grain } = params;
  const owner = ownerOf(basket, kit);
  const item = grain === 'product' ? sql`r.product_id` : sql`p.product_category`;
  const products = grain === 'product' ? nothing : sql`\n  join ${kit.t.products} p on p.product_id = r.product_id`;
  const day = hasDay(params) ? sql`, r.start_date as day` : nothing;
  return sql`select ${owner} as owner, ${item} as item${day}
from ${kit.t.customerProducts} r${products}
where ${owner} is not null and ${item} is not null and ${isMeant(params, kit)} and ${isAsked(params, kit)}`;
}

export function hasDay({ basket }: Pick<AskedBaskets, 'basket'>): boolean {
  return basket === 'customer-day';
}

function isMeant(params: AskedBaskets, kit: SqlKit): Sql {
  if (params.basket !== 'customer') return startsIn(periodOf(params, kit.asOf));
  refusePeriod(params);
  return params.ownership === 'active' ? isActiveOn(kit.asOf) : isCounted(kit.asOf);
}

function refusePeriod({ from, to }: Partial<Period>): void {
  const name = from !== undefined ? 'from' : to !== undefined ? 'to' : undefined;
  if (name !== undefined)
    throw invalid(`?${name}`, 'is of no use at basket=customer, which holds what the customer has: see ownership');
}

function ownerOf(basket: string, kit: SqlKit): Sql {
  if (NAMED.some((name) => name === basket)) return sql`r.customer_id`;
  const { column, type } = fieldNamed(basket, kit);
  return type === 'text' ? sql`r.${id(column)}` : sql`cast(r.${id(column)} as varchar)`;
}

function fieldNamed(basket: string, { catalog }: SqlKit): Field {
  const fields = fieldsOfTable(catalog, 'customer_products').filter(({ type }) => NAMING.includes(type));
  const found = fields.find(({ field }) => field === basket);
  if (found !== undefined) return found;
  const names = [...NAMED, ...fields.map(({ field }) => field)];
  throw invalid('?basket', `is no kind of basket${didYouMean(basket, names)}; allowed: ${names.join(', ')}`);
}

function invalid(pointer: string, detail: string): AppError {
  return new AppError('request.invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
