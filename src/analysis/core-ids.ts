import { sql, type Sql } from '../data/sql/sql.ts';
import { textSet, type TextSet } from '../lib/text-set.ts';
import { turnsOf } from '../lib/turns.ts';
import type { Tables } from './define.ts';
import { defineDerivation } from './derivation.ts';

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/** The ids of all customers: who is there is then known without a statement. Undefined when there are more than SNAPSHOT_MAX_ROWS. */
export const customerIds = idsOf('customer.ids', 'customers', (t) => sql`select c.customer_id from ${t.customers} c`);

/** The same for products. */
export const productIds = idsOf('product.ids', 'products', (t) => sql`select p.product_id from ${t.products} p`);

function idsOf(name: string, table: string, statement: (t: Tables) => Sql) {
  return defineDerivation<TextSet | undefined>({
    name,
    reads: [table],
    build: async ({ pack, t, settings }) => {
      if (settings.SNAPSHOT_MAX_ROWS === 0) return undefined;
      const { texts, batches } = await pack(statement(t));
      const ids = texts[0]!;
      for await (const _ of batches) if (ids.length > settings.SNAPSHOT_MAX_ROWS) return undefined;
      return textSet(ids, turnsOf(TURN_MS));
    },
    bytes: (ids) => (ids?.size ?? 0) * 70,
  });
}
