import { sql } from '../data/sql/sql.ts';
import { sortedPlaces } from '../lib/sort-texts.ts';
import { turnsOf } from '../lib/turns.ts';
import { defineDerivation } from './derivation.ts';

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/**
 * The ids of all customers in order: a customer without products is then known without a statement. Undefined when there are more
 * than SNAPSHOT_MAX_ROWS.
 */
export const customerIds = defineDerivation<readonly string[] | undefined>({
  name: 'customer.ids',
  reads: ['customers'],
  build: async ({ pack, t, settings }) => {
    if (settings.SNAPSHOT_MAX_ROWS === 0) return undefined;
    const { texts, batches } = await pack(sql`select c.customer_id from ${t.customers} c`);
    const ids = texts[0]!;
    for await (const _ of batches) if (ids.length > settings.SNAPSHOT_MAX_ROWS) return undefined;
    const order = await sortedPlaces(ids, turnsOf(TURN_MS));
    return order === undefined ? ids : Array.from(order, (place) => ids[place]!);
  },
  bytes: (ids) => (ids?.length ?? 0) * 40,
});
