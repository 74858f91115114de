import { setImmediate } from 'node:timers/promises';
import type { RunContext } from '../../analysis/define.ts';
import type { Batch, Value } from '../../data/warehouse/port.ts';
import { dayNumber, type AskedOf } from '../../analysis/snapshot/holdings.ts';
import { emptyPairs, groupsOfProduct, pushPairOfProduct, pushPairsOfCustomer, type PairColumns } from './pairs.ts';
import { pairsOf } from './queries.ts';
import { numberOf } from '../../lib/sorted-ids.ts';
import { standingSnapshot, type StandingSnapshot } from '../../analysis/snapshot/snapshot.ts';
import { requireOneList } from './service.ts';

type Asked = {
  readonly customerIds?: readonly string[];
  readonly productIds?: readonly string[];
  readonly ownership: 'active' | 'ever';
};

const BATCH_ROWS = 1_000;

/** The rows of `pairsOf` from the snapshot; those of customers who changed since it was built come first, from one statement. */
export async function batchesOfPairs(params: Asked, context: RunContext): Promise<AsyncIterable<Batch> | undefined> {
  const asked = requireOneList(params);
  const standing = standingSnapshot(context);
  if (standing === undefined || (asked.productIds !== undefined && !standing.snapshot.isWhole)) return undefined;
  const named = asked.customerIds && new Set(asked.customerIds);
  const leftOut = standing.leftOut().filter((id) => named === undefined || named.has(id));
  const changed = leftOut.length === 0 ? [] : await context.query(pairsOf({ ...asked, customers: leftOut }, context));
  const question = { ownership: asked.ownership, day: dayNumber(context.asOf) };
  return batches(changed, rowsOf(standing, asked, question));
}

async function* batches(
  changed: readonly Readonly<Record<string, unknown>>[],
  rows: Iterable<PairColumns>,
): AsyncGenerator<Batch> {
  const names = Object.keys(emptyPairs());
  if (changed.length > 0) {
    const columns = names.map((name) => changed.map((row) => row[name] as Value));
    yield { rowCount: changed.length, columns };
  }
  for (const columns of rows) {
    yield { rowCount: columns.customerId.length, columns: Object.values(columns) };
    await setImmediate();
  }
}

/** Pairs of each id that is named, once, some at a time. */
function* rowsOf(standing: StandingSnapshot, asked: Asked, question: AskedOf): Generator<PairColumns> {
  const { snapshot, isLeftOut } = standing;
  let rows = emptyPairs();
  const isEnough = () => rows.customerId.length >= BATCH_ROWS;
  for (const id of new Set(asked.customerIds)) {
    const customer = isLeftOut(id) ? -1 : numberOf(snapshot.customers, id);
    if (customer >= 0) pushPairsOfCustomer(snapshot, customer, question, rows);
    if (isEnough()) yield rows;
    if (isEnough()) rows = emptyPairs();
  }
  for (const id of new Set(asked.productIds)) {
    const product = numberOf(snapshot.products, id);
    for (const group of product < 0 ? [] : groupsOfProduct(snapshot, product)) {
      pushPairOfProduct(standing, product, group, question, rows);
      if (isEnough()) yield rows;
      if (isEnough()) rows = emptyPairs();
    }
  }
  if (rows.customerId.length > 0) yield rows;
}
