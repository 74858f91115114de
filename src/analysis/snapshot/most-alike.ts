/*
 * Customers who have much the same products, from the snapshot:
 *
 *   products of the customer ─ their owners on the day are counted, one array of counts for all customers ─ the nearest by
 *        count and size ─ beside those who changed since the snapshot was built, from one statement ─► the first `count`
 */
import { compareText } from '../../lib/compare-text.ts';
import { numberOf } from '../../lib/sorted-ids.ts';
import { inSteps, turnsOf, type Turns } from '../../lib/turns.ts';
import type { RunContext } from '../define.ts';
import { activeOnDay, activeProducts, type ActiveOn } from './active-on.ts';
import { dayNumber } from './holdings.ts';
import { activeProductsSql, mostAlikeSql, type AlikeOptions } from './most-alike-sql.ts';
import type { Snapshot } from './shape.ts';
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

/**
 * The customers whose active products on asOf are most like those of one customer: highest Jaccard index |A ∩ B| / |A ∪ B|
 * of distinct products, at least `minCommon` in common, ties by id; at most `count` rows, nearest first. Exact, and of the
 * state after the last acknowledged write. Ids are those of relationships: no row of `customers` is asked for. It runs at
 * most two statements, none when nothing changed since the snapshot was built, and one where there is no snapshot.
 */
export async function mostAlike(
  customerId: string,
  options: AlikeOptions,
  context: RunContext,
): Promise<readonly AlikeRow[]> {
  const standing = standingSnapshot(context);
  if (standing === undefined) return rowsOf(customerId, options, context);
  const own = await ownProducts(customerId, standing, context);
  if (own.size < options.minCommon) return [];
  const active = await activeOnDay(context, standing.snapshot, dayNumber(context.asOf));
  const among = standing.leftOut();
  const [found, changed] = await Promise.all([
    nearest({ customerId, own, standing, active, ...options }, turnsOf(TURN_MS)),
    among.length === 0 ? [] : rowsOf(customerId, { ...options, among }, context),
  ]);
  return [...found, ...changed]
    .sort((a, b) => b.jaccard - a.jaccard || compareText(a.customerId, b.customerId))
    .slice(0, options.count);
}

async function rowsOf(customerId: string, options: AlikeOptions, context: RunContext): Promise<readonly AlikeRow[]> {
  return (await context.query(mostAlikeSql(customerId, context, options))) as readonly AlikeRow[];
}

/** Products by number; `size` also counts those that the snapshot does not know. */
type Own = { readonly products: readonly number[]; readonly size: number };

async function ownProducts(
  customerId: string,
  { snapshot, isLeftOut }: StandingSnapshot,
  context: RunContext,
): Promise<Own> {
  if (!isLeftOut(customerId)) {
    const customer = numberOf(snapshot.customers, customerId);
    const products = customer < 0 ? [] : activeProducts(snapshot, customer, dayNumber(context.asOf));
    return { products, size: products.length };
  }
  const rows = await context.query(activeProductsSql(customerId, context));
  const numbers = rows.map((row) => numberOf(snapshot.products, row['productId'] as string));
  return { products: numbers.filter((number) => number >= 0), size: rows.length };
}

type Question = {
  readonly customerId: string;
  readonly own: Own;
  readonly standing: StandingSnapshot;
  readonly active: ActiveOn;
} & Pick<AlikeOptions, 'count' | 'minCommon'>;

/** The nearest of those for whom the snapshot speaks. */
async function nearest(question: Question, turn: Turns): Promise<AlikeRow[]> {
  const { own, active, standing } = question;
  const { snapshot } = standing;
  const common = arrayFor(snapshot.customers.length, 0, own.products.length);
  for (const product of own.products) await countOwners(active, product, common, turn);
  const best: Candidate[] = [];
  await inSteps(common.length, turn, (from, to) => take(question, { common, from, to }, best));
  return best.map((one) => row(one, snapshot));
}

async function countOwners(
  { owners, offsets }: ActiveOn,
  product: number,
  common: ReturnType<typeof arrayFor>,
  turn: Turns,
): Promise<void> {
  const first = offsets[product]!;
  await inSteps(offsets[product + 1]! - first, turn, (from, to) => {
    for (let i = first + from; i < first + to; i++) common[owners[i]!]! += 1;
  });
}

type Candidate = { readonly customer: number; readonly common: number; readonly union: number };
const NOBODY: Candidate = { customer: -1, common: 0, union: 1 };

/** Quotients are compared as products of whole numbers. Customers come in the order of their ids: who came first stays ahead of a tie. */
function isNearer(a: Pick<Candidate, 'common' | 'union'>, b: Candidate): boolean {
  return a.common * b.union > b.common * a.union;
}

function take(
  { customerId, own, standing: { snapshot, isLeftOut }, active: { sizes }, count, minCommon }: Question,
  stretch: { readonly common: ReturnType<typeof arrayFor>; readonly from: number; readonly to: number },
  best: Candidate[],
): void {
  let last = best[count - 1] ?? NOBODY;
  for (let customer = stretch.from; customer < stretch.to; customer++) {
    const common = stretch.common[customer]!;
    if (common < minCommon) continue;
    const union = own.size + sizes[customer]! - common;
    if (common * last.union <= last.common * union) continue;
    const id = snapshot.customers[customer]!;
    if (id === customerId || isLeftOut(id)) continue;
    const candidate = { customer, common, union };
    const place = best.findIndex((one) => isNearer(candidate, one));
    best.splice(place < 0 ? best.length : place, 0, candidate);
    best.length = Math.min(best.length, count);
    last = best[count - 1] ?? NOBODY;
  }
}

function row({ customer, common, union }: Candidate, { customers }: Snapshot): AlikeRow {
  return { customerId: customers[customer]!, common, unionSize: union, jaccard: common / union };
}
