import type { RunContext } from '../../analysis/define.ts';
import { heldMatrix, type HeldMatrix } from '../../analysis/snapshot/held-matrix.ts';
import { ownershipSnapshot } from '../../analysis/snapshot/snapshot.ts';
import { buildMatrix, type Items, type Matrix } from '../../lib/co-occurrence/matrix.ts';
import { compareText } from '../../lib/compare-text.ts';
import { turnsOf } from '../../lib/turns.ts';
import { readHeld } from './read-held.ts';

/** Who had ever had what on some days; rows and columns of all matrices are the same customers and products, in the order of their ids. */
export type HeldOnDays = {
  readonly customers: readonly string[];
  readonly products: readonly string[];
  readonly matrices: readonly Matrix[];
};

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/**
 * What customers had ever had by the end of each day (ascending): started by then, and did not end before it started; each
 * pair once, exact after every acknowledged write. From the relationships in memory, the first time when they are there;
 * where they are never, read by one statement. Throws limit.rows when they are too many for that.
 */
export async function heldOnDays(context: RunContext, days: readonly string[]): Promise<HeldOnDays> {
  return (await inMemory(context, days)) ?? readHeld(context, days);
}

async function inMemory(context: RunContext, days: readonly string[]): Promise<HeldOnDays | undefined> {
  await context.newest(ownershipSnapshot);
  const each = await Promise.all(days.map((asOf) => heldMatrix({ ...context, asOf }, 'ever')));
  const held = each.filter((one) => one !== undefined);
  const last = held.at(-1);
  if (last === undefined || held.length < each.length) return undefined;
  const matrices: Matrix[] = [];
  for (const one of held) matrices.push(await numberedAs(last, one));
  return { ...last, matrices };
}

/** A matrix with the customers and products of a later one, which may have more of them after a write. */
export async function numberedAs(
  { customers, products }: Pick<HeldMatrix, 'customers' | 'products'>,
  former: HeldMatrix,
): Promise<Matrix> {
  if (former.customers === customers && former.products === products) return former.matrix;
  const { rowOffsets, items } = former.matrix;
  const rowBefore = placesIn(former.customers, customers);
  const productNow = placesIn(products, former.products);
  const put = (row: number, room: Items, at: number) => {
    const before = rowBefore[row]!;
    if (before < 0) return at;
    let next = at;
    for (let i = rowOffsets[before]!; i < rowOffsets[before + 1]!; i++)
      if (productNow[items[i]!]! >= 0) room[next++] = productNow[items[i]!]!;
    return next;
  };
  const size = { rows: customers.length, columns: products.length, most: items.length };
  return buildMatrix({ ...size, put }, turnsOf(TURN_MS));
}

/** Where each of `ids` is among `known`, both in order; -1 for who is not. */
function placesIn(known: readonly string[], ids: readonly string[]): Int32Array {
  const places = new Int32Array(ids.length).fill(-1);
  let at = 0;
  for (let i = 0; i < ids.length; i++) {
    // Mostly the next is the one, and the very same text.
    while (at < known.length && known[at] !== ids[i] && compareText(known[at]!, ids[i]!) < 0) at += 1;
    if (known[at] === ids[i]) places[i] = at++;
  }
  return places;
}
