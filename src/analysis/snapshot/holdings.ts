import { decimalValue, SURE_UNSCALED } from '../../lib/decimal-value.ts';
import { endDay, OPEN, type Snapshot } from './shape.ts';

/** A question about days, the day as a number. */
export type AskedOf = { readonly ownership: 'active' | 'ever'; readonly day: number };

/** What relationships say together, column by column: the fields that `holding` of the ownership queries computes. */
export type HoldingColumns = ReturnType<typeof emptyHoldings>;

export function emptyHoldings() {
  return {
    relationships: [] as number[],
    relationshipType: [] as (string | null)[],
    firstStart: [] as string[],
    lastStart: [] as string[],
    endDate: [] as (string | null)[],
    isActive: [] as boolean[],
    valueOnce: [] as (number | string)[],
    valueMonthly: [] as (number | string)[],
  };
}

export function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 86_400_000;
}

/** Whether an entry is owned: active on the day, or started by then. */
export function isOwned({ start, end }: Snapshot, entry: number, { ownership, day }: AskedOf): boolean {
  if (start[entry]! > day) return false;
  return ownership === 'ever' || end[entry] === OPEN || endDay(end[entry]!) > day;
}

/** Whether an entry counts by a day: started, and did not end before it started. */
export function isCountedEntry({ start, end }: Snapshot, entry: number, day: number): boolean {
  const began = start[entry]!;
  return began <= day && (end[entry] === OPEN || endDay(end[entry]!) >= began);
}

/**
 * Appends one row for the entries `order[from]` to `order[to]` (without `order`: these themselves) of one customer and
 * one product; none, and false, when none of them is owned.
 */
export function pushHolding(
  snapshot: Snapshot,
  order: Uint32Array | undefined,
  [from, to]: readonly [number, number],
  asked: AskedOf,
  out: HoldingColumns,
): boolean {
  const { type, start, end, cents, isMonthly, types, dayText } = snapshot;
  let [count, first, last, lastEnd, kind, once, monthly] = [0, Infinity, -Infinity, -Infinity, 0, 0, 0];
  let [isOpen, isActive] = [false, false];
  for (let i = from; i < to; i++) {
    const entry = order === undefined ? i : order[i]!;
    if (!isOwned(snapshot, entry, asked)) continue;
    count += 1;
    const [began, ends, what] = [start[entry]!, end[entry]!, type[entry]!];
    if (began < first) first = began;
    if (began > last) last = began;
    if (what !== 0 && (kind === 0 || what < kind)) kind = what;
    if (ends === OPEN) isOpen = true;
    else if (endDay(ends) > lastEnd) lastEnd = endDay(ends);
    const isNow = ends === OPEN || endDay(ends) > asked.day;
    if (isNow) isActive = true;
    if (!isMonthly[what]) once += cents[entry]!;
    else if (isNow) monthly += cents[entry]!;
  }
  if (count === 0) return false;
  out.relationships.push(count);
  out.relationshipType.push(types[kind]!);
  out.firstStart.push(dayText(first));
  out.lastStart.push(dayText(last));
  out.endDate.push(isOpen ? null : dayText(lastEnd));
  out.isActive.push(isActive);
  out.valueOnce.push(isSure(once) ? once / 100 : exactSum(snapshot, order, [from, to], asked, false));
  out.valueMonthly.push(isSure(monthly) ? monthly / 100 : exactSum(snapshot, order, [from, to], asked, true));
  return true;
}

function isSure(cents: number): boolean {
  return Math.abs(cents) < SURE_UNSCALED;
}

/** The sum as the warehouse's decimals come, when it may be beyond what a number holds. */
function exactSum(
  snapshot: Snapshot,
  order: Uint32Array | undefined,
  [from, to]: readonly [number, number],
  asked: AskedOf,
  ofMonths: boolean,
): number | string {
  const { type, cents, isMonthly } = snapshot;
  let sum = 0n;
  for (let i = from; i < to; i++) {
    const entry = order === undefined ? i : order[i]!;
    const counts = isOwned(snapshot, entry, ofMonths ? { ...asked, ownership: 'active' } : asked);
    if (counts && isMonthly[type[entry]!] === ofMonths) sum += BigInt(cents[entry]!);
  }
  return decimalValue(sum, 2);
}

/** Whose entry it is, known to be of `customer` or a later one: by doubling steps, then by halves. */
export function customerOf({ offsets }: Snapshot, entry: number, customer: number): number {
  let step = 1;
  let low = customer;
  while (low + step < offsets.length && offsets[low + step]! <= entry) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, offsets.length - 1);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! <= entry) low = middle;
    else high = middle;
  }
  return low;
}
