import { daysBetween } from '../../../analysis/period.ts';
import { dayNumber } from '../../../analysis/snapshot/holdings.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import type { Turns } from '../../../lib/turns.ts';
import { isCountedEntry } from './whole-snapshot.ts';

export type Launched = { readonly productId: string; readonly productName: string | null; readonly launchDate: string };

/** The rows of `launchTimes`, from the relationships in memory. */
export async function launchTimesInMemory(
  snapshot: Snapshot,
  products: readonly Launched[],
  { owners, asOf }: { readonly owners: readonly number[]; readonly asOf: string },
  turn: Turns,
): Promise<Readonly<Record<string, unknown>>[]> {
  const wanted = [...new Set(owners)].sort((a, b) => a - b);
  const firstStarts = firstStartsOf(snapshot, dayNumber(asOf));
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const product of products) {
    const number = numberOf(snapshot.products, product.productId);
    const starts = number < 0 ? new Int32Array(0) : firstStarts(number);
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

/** Of a product: the days of its owners' first counted starts, in order. They are overwritten by the next call. */
function firstStartsOf(snapshot: Snapshot, day: number): (product: number) => Int32Array {
  const { byProduct, productOffsets, offsets, start } = snapshot;
  // Entries of a customer lie together; where one begins, the next entry of a product is somebody else's.
  const begins = new Uint8Array(start.length + 1);
  for (const offset of offsets) begins[offset] = 1;
  let days = new Int32Array(1024);
  return (product) => {
    const [from, to] = [productOffsets[product]!, productOffsets[product + 1]!];
    if (to - from > days.length) days = new Int32Array(to - from);
    let [count, last] = [0, -2];
    let isKnown = false;
    for (let i = from; i < to; i++) {
      const entry = byProduct[i]!;
      if (entry !== last + 1 || begins[entry] === 1) isKnown = false;
      last = entry;
      if (!isCountedEntry(snapshot, entry, day)) continue;
      const began = start[entry]!;
      if (!isKnown) days[count++] = began;
      else if (began < days[count - 1]!) days[count - 1] = began;
      isKnown = true;
    }
    return days.subarray(0, count).sort();
  };
}
