import type { Draw } from './random.ts';
import { LAST_DAY } from './world.ts';

/** A kind of dirty row. `find` is a select that gives the keys of its rows, and of no other row: the rule a data-quality check would use. */
export type DirtRule = { readonly table: 'customers' | 'products' | 'customer_products'; readonly find: string };

const customers = (where: string) => rule('customers', `select customer_id from customers where ${where}`);
const products = (where: string) => rule('products', `select product_id from products where ${where}`);
const relationships = (where: string) =>
  rule('customer_products', `select relationship_id from customer_products where ${where}`);

export const CUSTOMER_STATUSES = Object.freeze(['active', 'inactive', 'closed'] as const);
export const PRODUCT_STATUSES = Object.freeze(['active', 'discontinued'] as const);
const anyOf = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join(', ');

export const CUSTOMER_DIRT = Object.freeze({
  missing_name: customers('customer_name is null'),
  missing_region: customers('region is null'),
  duplicate_email: customers('email in (select email from customers group by email having count(*) > 1)'),
  padded_name: customers('customer_name <> trim(customer_name)'),
  odd_case_name: customers('customer_name = upper(customer_name) or customer_name = lower(customer_name)'),
  near_duplicate: customers(
    'lower(email) in (select lower(email) from customers group by lower(email) having count(distinct email) > 1)',
  ),
  unusual_status: customers(`status not in (${anyOf(CUSTOMER_STATUSES)})`),
});

export const PRODUCT_DIRT = Object.freeze({
  unusual_product_status: products(`status not in (${anyOf(PRODUCT_STATUSES)})`),
});

/** unknown_customer is not in the list of rows to spoil: its rows are added (see relationships.ts). */
export const RELATIONSHIP_DIRT = Object.freeze({
  future_start: relationships(`start_date > date '${LAST_DAY}'`),
  end_before_start: relationships('end_date < start_date'),
  unknown_product: relationships('product_id not in (select product_id from products)'),
  negative_value: relationships('value < 0'),
  huge_value: relationships('value > 1000000'),
  before_launch: rule(
    'customer_products',
    `select r.relationship_id
from customer_products r
join products p on p.product_id = r.product_id
where r.start_date < p.launch_date`,
  ),
  missing_start: relationships('start_date is null'),
  missing_value: relationships('value is null'),
});
export const STRAY_DIRT = Object.freeze({
  unknown_customer: relationships('customer_id not in (select customer_id from customers)'),
});

export const DIRT = Object.freeze({ ...CUSTOMER_DIRT, ...PRODUCT_DIRT, ...RELATIONSHIP_DIRT, ...STRAY_DIRT });
export type DirtKind = keyof typeof DIRT;

/** Row `no` is spoilt by `kind`; `of` is a clean row near it that a duplicate copies. */
export type Spoilt<K> = { readonly kind: K; readonly no: number; readonly of: number };

/** Of each kind of dirt for customers and relationships. */
export function dirtPerKind(customers: number): number {
  return Math.max(5, customers / 500);
}

/**
 * Rows to spoil among rows 1 to `rows`: `count` of each kind, no row twice. The rows are cut into as many stripes, each
 * with one spoilt row at a drawn place after its first; the first row stays clean and is what a duplicate copies.
 */
export function spoil<K extends string>(
  kinds: readonly K[],
  count: number,
  rows: number,
  place: Draw,
): readonly Spoilt<K>[] {
  const stripes = kinds.length * count;
  const width = Math.floor(rows / stripes);
  return Array.from({ length: stripes }, (_, stripe) => {
    const of = stripe * width + 1;
    return { kind: kinds[stripe % kinds.length]!, no: of + 1 + (place.of(stripe) % (width - 1)), of };
  });
}

/** Keys of the dirty rows for each kind. */
export function keysByKind<K extends string>(kinds: readonly K[], keysOf: (kind: K) => readonly string[]) {
  const keys: Partial<Record<K, readonly string[]>> = {};
  for (const kind of kinds) keys[kind] = keysOf(kind);
  return keys as Readonly<Record<K, readonly string[]>>;
}

function rule(table: DirtRule['table'], find: string): DirtRule {
  return Object.freeze({ table, find });
}
