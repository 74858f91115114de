import { daysBetween } from '../../../analysis/period.ts';
import { dayNumber, isCountedEntry } from '../../../analysis/snapshot/holdings.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import type { Whole } from '../../../analysis/snapshot/whole.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { inSteps, type Turns } from '../../../lib/turns.ts';

const NOBODY = new Uint8Array(0);
/** Customers between two looks at the clock. */
const STEPS = 2 ** 11;

export type Launched = { readonly productId: string; readonly productName: string | null; readonly launchDate: string };

/** The rows of `launchTimes`, from the relationships in memory. */
export async function launchTimesInMemory(
  snapshot: Snapshot,
  products: readonly Launched[],
  { owners, asOf }: { readonly owners: readonly number[]; readonly asOf: string },
  turn: Turns,
): Promise<Readonly<Record<string, unknown>>[]> {
  const wanted = [...new Set(owners)].sort((a, b) => a - b);
  const firstStarts = await firstStartsOf(snapshot, dayNumber(asOf), turn);
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const product of products) {
    const number = numberOf(snapshot.products, product.productId);
    const starts = number < 0 ? NOBODY : firstStarts(number);
    const launch = dayNumber(product.launchDate);
    const startedBeforeLaunch = starts.findIndex((day) => day >= launch);
    for (const n of wanted) {
      const reachedOn = n > starts.length ? null : snapshot.dayText(starts[n - 1]!);
      rows.push({
        ...product,
        owners: n,
        reachedOn,
        days: reachedOn === null ? null : daysBetween(product.launchDate, reachedOn),
        ownersByAsOf: starts.length,
        startedBeforeLaunch: startedBeforeLaunch < 0 ? starts.length : startedBeforeLaunch,
      });
    }
    await turn();
  }
  return rows;
}

/** Of each product: the days of its owners' first counted starts, in order. */
async function firstStartsOf(snapshot: Snapshot, asOf: number, turn: Turns): Promise<(product: number) => Whole> {
  const { customers, offsets, product, start, productOffsets } = snapshot;
  // Customer by customer, because that is the order of the entries: product by product each one would be a jump in memory.
  const days = start.slice();
  const next = productOffsets.slice(0, -1);
  const place = (from: number, to: number) => {
    for (let customer = from; customer < to; customer++) {
      const end = offsets[customer + 1]!;
      let lastProduct = -1;
      for (let entry = offsets[customer]!; entry < end; entry++) {
        if (!isCountedEntry(snapshot, entry, asOf)) continue;
        const [number, began] = [product[entry]!, start[entry]!];
        if (number !== lastProduct) days[next[number]!++] = began;
        else if (began < days[next[number]! - 1]!) days[next[number]! - 1] = began;
        lastProduct = number;
      }
    }
  };
  await inSteps(customers.length, turn, place, STEPS);
  return (number) => days.subarray(productOffsets[number], next[number]).sort();
}
