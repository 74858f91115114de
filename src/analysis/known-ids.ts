import type { Tenant } from '../data/warehouse/tenant.ts';
import { standingKeysOf } from './build.ts';
import { customerIds, productIds } from './core-ids.ts';
import type { Engine } from './engine.ts';
import type { TableNow } from './write-operation.ts';

/** Whether there is a row with this id, as far as memory knows; undefined where only the warehouse knows. */
export type KnownIds = (id: string) => boolean | undefined;

const IDS = { customers: customerIds, products: productIds } as const;
const nothingKnown: KnownIds = () => undefined;

/**
 * What memory knows of the ids of a table within a transaction: all of them, but those that were changed since they were
 * read. Nothing when the table is not what the last committed write left, by the numbers that the database stores: an
 * earlier write of the transaction changed it, or one past the queue of which this process has not been told.
 */
export async function knownIds(
  engine: Engine,
  tenant: Tenant,
  table: string | undefined,
  isAsCommitted: TableNow,
): Promise<KnownIds> {
  if (table !== 'customers' && table !== 'products') return nothingKnown;
  // Others write to it when they like.
  if (engine.warehouse.isShared) return nothingKnown;
  // Rows of other sources change without a number.
  if (engine.catalog.tables.get(table)?.source.kind !== 'table' || !(await isAsCommitted(table))) return nothingKnown;
  const standing = standingKeysOf(engine, tenant, IDS[table]);
  if (standing?.value === undefined) return nothingKnown;
  const { value: ids, isChanged } = standing;
  return (id) => (isChanged(id) ? undefined : ids.has(id));
}
