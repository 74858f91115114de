import { medianInPlace } from '../../../lib/stats/median.ts';
import type { Static } from 'typebox';
import type { RunContext } from '../../../analysis/define.ts';
import { dayNumber, isCountedEntry } from '../../../analysis/snapshot/holdings.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import { inSteps, type Turns } from '../../../lib/turns.ts';
import { itemsAsked, type Items } from './items.ts';
import type { EntryProductsParams } from './model.ts';
import { firstOf } from '../../../lib/first-of.ts';
import { cohortOf } from './starts.ts';

type Asked = Static<typeof EntryProductsParams>;
type Entry = { customers: number; alone: number; readonly daysToNext: number[] };
type Days = { readonly asOf: number; readonly from: number; readonly to: number };

/** Customers between two looks at the clock. */
const STEPS = 2 ** 11;

/** The rows of `entryProducts` without names, from the relationships in memory; undefined when there are too many products to number. */
export async function entryProductsInMemory(
  snapshot: Snapshot,
  params: Asked,
  context: RunContext,
  turn: Turns,
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const items = await itemsAsked(snapshot, params, context);
  if (items === undefined) return undefined;
  const { from, to } = cohortOf(params, context.asOf);
  const days = { asOf: dayNumber(context.asOf), from: dayNumber(from), to: dayNumber(to) };
  const entries = items.ids.map((): Entry => ({ customers: 0, alone: 0, daysToNext: [] }));
  const begin = beginningsOf(snapshot, items, days, entries);
  let everybody = 0;
  const some = (first: number, end: number) => {
    for (let customer = first; customer < end; customer++) if (begin(customer)) everybody += 1;
  };
  await inSteps(snapshot.customers.length, turn, some, STEPS);
  const most = firstOf<number>(params.limit, (a, b) => entries[b]!.customers - entries[a]!.customers || a - b);
  for (const item of entries.keys()) if (entries[item]!.customers > 0) most.add(item);
  return most.all().map((item) => ({ itemId: items.ids[item]!, ...rowOf(entries[item]!, everybody) }));
}

/** Counts the beginning of one customer; false when it is not in the period. */
function beginningsOf(snapshot: Snapshot, { ofProduct }: Items, { asOf, from, to }: Days, entries: readonly Entry[]) {
  const { offsets, product, start } = snapshot;
  return (customer: number): boolean => {
    let [first, next] = [Infinity, Infinity];
    let begun: number[] = [];
    for (let entry = offsets[customer]!; entry < offsets[customer + 1]!; entry++) {
      const item = ofProduct[product[entry]!]!;
      if (item < 0 || !isCountedEntry(snapshot, entry, asOf)) continue;
      const day = start[entry]!;
      if (day < first) [next, first, begun] = [first, day, [item]];
      else if (day > first) next = Math.min(next, day);
      else if (!begun.includes(item)) begun.push(item);
    }
    if (begun.length === 0 || first < from || first >= to) return false;
    for (const item of begun) {
      const one = entries[item]!;
      one.customers += 1;
      if (begun.length === 1) one.alone += 1;
      if (next < Infinity) one.daysToNext.push(next - first);
    }
    return true;
  };
}

function rowOf({ customers, alone, daysToNext }: Entry, everybody: number): Readonly<Record<string, unknown>> {
  return {
    customers,
    share: customers / everybody,
    alone,
    continued: daysToNext.length,
    continuationRate: daysToNext.length / customers,
    medianDaysToNext: daysToNext.length === 0 ? null : medianInPlace(Float64Array.from(daysToNext)),
  };
}
