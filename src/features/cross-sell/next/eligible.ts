import type { SqlKit, RunContext } from '../../../analysis/define.ts';
import { defineDerivation } from '../../../analysis/derivation.ts';
import { isProductAsked, type Population } from '../../../analysis/population.ts';
import { sql, type Sql } from '../../../data/sql/sql.ts';
import { AppError } from '../../../lib/app-error.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import type { Learned } from '../learned/learned.ts';

export type EligibilityAsked = Pick<Population, 'product'> & {
  readonly status: string;
  readonly exclude: readonly string[];
};

/** Products that a mask is made of, at most. */
const MANY_PRODUCTS = 2_000_000;

/**
 * Which products may be offered, 1 in the numbering of what is learned: they have a row with that status (or none, or whatever
 * when it is `any`), the filter keeps them, and they are not excluded. Throws ids.unknown for excluded ids that are no
 * products, and request.invalid for a filter that is none.
 */
export async function eligibleProducts(
  { status, exclude, product }: EligibilityAsked,
  { id, products }: Pick<Learned, 'id' | 'products'>,
  context: RunContext,
): Promise<Uint8Array> {
  const ofProducts = defineDerivation<Uint8Array, object>({
    name: 'cross-sell.eligible',
    reads: ['products'],
    lane: 'fast',
    build: async ({ query }) => {
      const { columns } = await query(offered({ status, ...(product && { product }) }, context), MANY_PRODUCTS);
      const mask = new Uint8Array(products.length);
      for (const offeredId of columns[0] as string[]) {
        const number = numberOf(products, offeredId);
        if (number >= 0) mask[number] = 1;
      }
      return mask;
    },
    bytes: ({ byteLength }) => byteLength,
  });
  const mask = await context.derive(ofProducts, { learned: id, status, product: product ?? null });
  if (exclude.length === 0) return mask;
  await requireProducts(exclude, '/exclude', context);
  const fewer = mask.slice();
  for (const excluded of exclude) {
    const number = numberOf(products, excluded);
    if (number >= 0) fewer[number] = 0;
  }
  return fewer;
}

function offered({ status, ...params }: Population & { readonly status: string }, kit: SqlKit): Sql {
  const hasStatus = status === 'any' ? sql`1 = 1` : sql`(p.status is null or p.status = ${status})`;
  return sql`select p.product_id
from ${kit.t.products} p
where ${hasStatus} and ${isProductAsked(sql`p.product_id`, params, kit)}`;
}

/** Throws ids.unknown, naming the first ones that are no products. */
export async function requireProducts(ids: readonly string[], pointer: string, context: RunContext): Promise<void> {
  const known = await context.query(
    sql`select p.product_id from ${context.t.products} p where p.product_id in (select l.id from ${context.d.idList([...new Set(ids)])} l)`,
  );
  refuseUnknown(ids, new Set(known.map(({ productId }) => String(productId))), pointer, 'product');
}

const SHOWN = 20;

export function refuseUnknown(ids: readonly string[], known: ReadonlySet<string>, pointer: string, what: string): void {
  const unknown = [...ids.entries()].filter(([, id]) => !known.has(id));
  if (unknown.length === 0) return;
  const names = unknown.slice(0, 3).map(([, id]) => JSON.stringify(id.slice(0, 100)));
  const more = unknown.length > names.length ? ` and ${unknown.length - names.length} more` : '';
  throw new AppError('ids.unknown', `there is no ${what} ${names.join(', ')}${more}`, {
    errors: unknown.slice(0, SHOWN).map(([i]) => ({ pointer: `${pointer}/${i}`, detail: `no ${what} has this id` })),
  });
}
