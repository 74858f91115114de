/*
 * Customers who have much the same products, from the snapshot:
 *
 *   products of the customer ─ each owner on the day is counted, those with enough of them are noted ─ the nearest by count
 *        and size ─ beside those who changed since the snapshot was built, who are compared one by one ─► the first `count`
 */
import { compareText } from '../../lib/compare-text.ts';
import type { Matrix } from '../../lib/co-occurrence/matrix.ts';
import { numberOf } from '../../lib/sorted-ids.ts';
import { inSteps, turnsOf, type Turns } from '../../lib/turns.ts';
import type { RunContext } from '../define.ts';
import { changedOnDay, type HeldBy } from './changed-on.ts';
import { heldOnDay, heldProducts } from './held-on.ts';
import { dayNumber } from './holdings.ts';
import { mostAlikeSql, type AlikeOptions } from './most-alike-sql.ts';
import { takeNearest, type Near, type Stretch } from './take-nearest.ts';
import { standingSnapshot, type StandingSnapshot } from './snapshot.ts';
import { arrayFor } from './whole.ts';

/** A customer beside another: how many products they share, how many they have together, and the quotient. */
export type AlikeRow = {
  readonly customerId: string;
  readonly common: number;
  readonly unionSize: number;
  /** Share of their products that both have, 0..1 (Jaccard 1901). */
  readonly jaccard: number;
};

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
/** Customers whose counts fit into the first level of a processor's cache, in a byte or two each. */
const STRETCH = 2 ** 14;

/**
 * The customers whose active products on asOf are most like those of one customer: highest Jaccard index |A ∩ B| / |A ∪ B|
 * of distinct products, at least `minCommon` in common, ties by id; at most `count` rows, nearest first. Exact, and of the
 * state after the last acknowledged write. Ids are those of relationships: no row of `customers` is asked for. No statement
 * when nothing changed since the snapshot was built, one after a write, one where there is no snapshot.
 */
export async function mostAlike(
  customerId: string,
  options: AlikeOptions,
  context: RunContext,
): Promise<readonly AlikeRow[]> {
  const standing = standingSnapshot(context);
  const changed = standing && (await changedOnDay(context, standing, 'active'));
  if (standing === undefined || changed === undefined)
    return (await context.query(mostAlikeSql(customerId, context, options))) as readonly AlikeRow[];
  const own = ownProducts(customerId, standing, changed, dayNumber(context.asOf));
  if (own.size < options.minCommon) return [];
  const active = await heldOnDay(context, standing.snapshot, activeOn(dayNumber(context.asOf)));
  const asked = { customerId, own, ...options };
  return [...(await nearest(asked, standing, active, turnsOf(TURN_MS))), ...alikeAmong(asked, changed)]
    .sort((a, b) => b.jaccard - a.jaccard || compareText(a.customerId, b.customerId))
    .slice(0, options.count);
}

const activeOn = (day: number) => ({ day, ownership: 'active' }) as const;

type Asked = AlikeOptions & { readonly customerId: string; readonly own: ReadonlySet<string> };

function ownProducts(
  customerId: string,
  { snapshot, isLeftOut }: StandingSnapshot,
  changed: HeldBy,
  day: number,
): ReadonlySet<string> {
  if (isLeftOut(customerId)) return changed.get(customerId) ?? new Set();
  const customer = numberOf(snapshot.customers, customerId);
  if (customer < 0) return new Set();
  return new Set(Array.from(heldProducts(snapshot, customer, activeOn(day)), (product) => snapshot.products[product]!));
}

function alikeAmong({ customerId, own, minCommon }: Asked, held: HeldBy): AlikeRow[] {
  return [...held].flatMap(([id, products]) => {
    const common = id === customerId ? 0 : products.intersection(own).size;
    return common < minCommon ? [] : [row(id, common, own.size + products.size - common)];
  });
}

function row(customerId: string, common: number, unionSize: number): AlikeRow {
  return { customerId, common, unionSize, jaccard: common / unionSize };
}

/** The nearest of those for whom the snapshot speaks. */
async function nearest(
  { customerId, own, count, minCommon }: Asked,
  { snapshot: { customers, products }, isLeftOut }: StandingSnapshot,
  { rowOffsets, owners, columnOffsets: offsets }: Matrix,
  turn: Turns,
): Promise<AlikeRow[]> {
  const numbers = [...own].map((id) => numberOf(products, id)).filter((number) => number >= 0);
  const lists = numbers.map((product) => owners.subarray(offsets[product]!, offsets[product + 1]!));
  const tally = tallyOf(lists, minCommon);
  const isOut = (customer: number) => customers[customer] === customerId || isLeftOut(customers[customer]!);
  const best: Near[] = [];
  await inSteps(
    customers.length,
    turn,
    (from, to) => takeNearest(tally(from, to), { size: own.size, rowOffsets, isOut }, count, best),
    STRETCH,
  );
  return best.map((one) => row(customers[one.customer]!, one.common, one.union));
}

/**
 * Counts for one stretch of customers after the other how many of the lists each is in; candidates are in `least` of them.
 * All counts at once would not fit into the processor's cache, and every step would wait for memory.
 */
function tallyOf(lists: readonly Uint32Array[], least: number): (from: number, to: number) => Stretch {
  const next = new Uint32Array(lists.length);
  const common = arrayFor(STRETCH, 0, lists.length);
  const candidates = new Uint32Array(STRETCH);
  return (from, to) => {
    common.fill(0);
    let found = 0;
    lists.forEach((owners, list) => {
      let at = next[list]!;
      for (; at < owners.length && owners[at]! < to; at++) {
        const place = owners[at]! - from;
        const times = common[place]! + 1;
        common[place] = times;
        if (times === least) candidates[found++] = place;
      }
      next[list] = at;
    });
    return { first: from, common, candidates: candidates.subarray(0, found) };
  };
}
