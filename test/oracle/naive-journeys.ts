import { compareText } from '../../src/lib/compare-text.ts';
import type { Stored, WorldRows } from '../world-rows.ts';

type Grain = 'product' | 'category';
export type NaiveJourneys = {
  readonly grain: Grain;
  readonly asOf: string;
  readonly from: string;
  readonly to: string;
};
type Start = { readonly customer: string; readonly item: string; readonly day: string };
type Row = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const daysFrom = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / DAY_MS;
const text = (row: Stored, column: string) => (row[column] ?? null) as string | null;
const least = (days: readonly string[]) => [...days].sort()[0]!;

function isCounted(row: Stored, asOf: string): boolean {
  const [start, end] = [text(row, 'start_date'), text(row, 'end_date')];
  return start !== null && start <= asOf && (end === null || end >= start);
}

function startsOf({ customer_products, products }: WorldRows, { grain, asOf }: NaiveJourneys): Start[] {
  return customer_products.flatMap((row) => {
    const product = text(row, 'product_id')!;
    const known = products.find((one) => one['product_id'] === product);
    const item = grain === 'product' ? product : known === undefined ? null : text(known, 'product_category');
    if (item === null || !isCounted(row, asOf)) return [];
    return [{ customer: text(row, 'customer_id')!, item, day: text(row, 'start_date')! }];
  });
}

const customersIn = (starts: readonly Start[]) => [...new Set(starts.map(({ customer }) => customer))];
const itemsIn = (starts: readonly Start[]) => [...new Set(starts.map(({ item }) => item))].sort(compareText);

export function nameOf({ products }: WorldRows, grain: Grain, item: string): string | null {
  if (grain === 'category') return item;
  const known = products.find((one) => one['product_id'] === item);
  return known === undefined ? null : text(known, 'product_name');
}

export function attachRates(world: WorldRows, asked: NaiveJourneys & { a: string; days: number }): Row[] {
  const starts = startsOf(world, asked);
  const firsts = customersIn(starts).flatMap((customer) => {
    const days = starts.filter((one) => one.customer === customer && one.item === asked.a).map(({ day }) => day);
    const first = days.length === 0 ? undefined : least(days);
    return first === undefined || first < asked.from || first >= asked.to ? [] : [{ customer, first }];
  });
  const base = firsts.filter(({ first }) => daysFrom(first, asked.asOf) >= asked.days);
  const rows = itemsIn(starts)
    .filter((item) => item !== asked.a)
    .map((itemId) => {
      const count = (holds: (days: number) => boolean) =>
        base.filter(({ customer, first }) =>
          starts.some((one) => one.customer === customer && one.item === itemId && holds(daysFrom(first, one.day))),
        ).length;
      const attached = count((days) => days >= 0 && days <= asked.days);
      return {
        itemId,
        itemName: nameOf(world, asked.grain, itemId),
        base: base.length,
        baseIncomplete: firsts.length - base.length,
        attached,
        rate: attached / base.length,
        ownedBefore: count((days) => days < 0),
      };
    });
  return rows
    .filter(({ attached, ownedBefore }) => attached + ownedBefore > 0)
    .sort((x, y) => y.attached - x.attached || compareText(x.itemId, y.itemId));
}

/** Those whose first start lies in the period, and their starts in order of days and items. */
function cohort(starts: readonly Start[], { from, to }: NaiveJourneys): (readonly [string, readonly Start[]])[] {
  return customersIn(starts).flatMap((customer) => {
    const own = starts.filter((one) => one.customer === customer);
    own.sort((x, y) => (x.day < y.day ? -1 : x.day > y.day ? 1 : compareText(x.item, y.item)));
    const first = own[0]!.day;
    return first < from || first >= to ? [] : [[customer, own] as const];
  });
}

export function entryProducts(world: WorldRows, asked: NaiveJourneys): Row[] {
  const everybody = cohort(startsOf(world, asked), asked).map(([, own]) => {
    const first = own[0]!.day;
    const next = own.find(({ day }) => day > first)?.day;
    return {
      items: itemsIn(own.filter(({ day }) => day === first)),
      next: next === undefined ? undefined : daysFrom(first, next),
    };
  });
  const items = [...new Set(everybody.flatMap((one) => one.items))];
  return items
    .map((itemId) => {
      const mine = everybody.filter((one) => one.items.includes(itemId));
      const nexts = mine.flatMap(({ next }) => next ?? []).sort((x, y) => x - y);
      const middle = [nexts[(nexts.length - 1) >> 1]!, nexts[nexts.length >> 1]!];
      return {
        itemId,
        itemName: nameOf(world, asked.grain, itemId),
        customers: mine.length,
        share: mine.length / everybody.length,
        alone: mine.filter((one) => one.items.length === 1).length,
        continued: nexts.length,
        continuationRate: nexts.length / mine.length,
        medianDaysToNext: nexts.length === 0 ? null : (middle[0]! + middle[1]!) / 2,
      };
    })
    .sort((x, y) => y.customers - x.customers || compareText(x.itemId, y.itemId));
}

export function adoptionPaths(
  world: WorldRows,
  asked: NaiveJourneys & { length: number; minCustomers: number; limit: number },
): Row[] {
  const journeys = cohort(startsOf(world, asked), asked).map(([, own]) => [...new Set(own.map(({ item }) => item))]);
  const begins = new Map<string, readonly string[]>();
  for (const journey of journeys)
    for (let n = 1; n <= Math.min(asked.length, journey.length); n++)
      begins.set(JSON.stringify(journey.slice(0, n)), journey.slice(0, n));
  return [...begins.values()]
    .map((path) => {
      const mine = journeys.filter((journey) => path.every((item, i) => journey[i] === item));
      const continued = mine.filter((journey) => journey.length > path.length).length;
      return {
        path,
        length: path.length,
        customers: mine.length,
        share: mine.length / journeys.length,
        continued,
        continuationRate: continued / mine.length,
      };
    })
    .filter(({ customers }) => customers >= asked.minCustomers)
    .sort((x, y) => y.customers - x.customers || x.length - y.length || comparePaths(x.path, y.path))
    .slice(0, asked.limit);
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((item, i) => item !== b[i]);
  return at < 0 ? 0 : compareText(a[at]!, b[at]!);
}

export function launchTimes(world: WorldRows, asOf: string, owners: readonly number[]): Row[] {
  const starts = startsOf(world, { grain: 'product', asOf, from: '', to: '' });
  return [...world.products]
    .sort((x, y) => compareText(text(x, 'product_id')!, text(y, 'product_id')!))
    .flatMap((product) => {
      const [productId, launchDate] = [text(product, 'product_id')!, text(product, 'launch_date')];
      if (launchDate === null || launchDate > asOf) return [];
      const own = starts.filter(({ item }) => item === productId);
      const firsts = customersIn(own)
        .map((customer) => least(own.filter((one) => one.customer === customer).map(({ day }) => day)))
        .sort();
      return [...new Set(owners)]
        .sort((x, y) => x - y)
        .map((n) => {
          const reachedOn = firsts[n - 1] ?? null;
          return {
            productId,
            productName: text(product, 'product_name'),
            launchDate,
            owners: n,
            reachedOn,
            days: reachedOn === null ? null : daysFrom(launchDate, reachedOn),
            ownersByAsOf: firsts.length,
            startedBeforeLaunch: firsts.filter((day) => day < launchDate).length,
          };
        });
    });
}
