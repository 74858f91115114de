import type { FactsOptions } from '../../src/analysis/facts/model.ts';
import { DEFAULT_RFM_TABLE, rfmName } from '../../src/analysis/facts/rfm-table.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import type { Flat } from './naive-list.ts';

type Days = { readonly start: number; readonly end: number; readonly isMonthly: boolean; readonly cents: number };
type Held = Days & { readonly row: Stored };

const DAY = 86_400_000;
const numberOf = (day: string) => Date.parse(day) / DAY;
const textOf = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);

/** The facts of every customer of a world, by loops over its rows. */
export function factsOf(world: WorldRows, asOf: string, options: FactsOptions): Flat[] {
  const today = numberOf(asOf);
  const counted = world.customer_products.map(heldOf).filter(({ start, end }) => start <= today && end >= start);
  const rows = world.customers.map((customer) => ({
    customer,
    ...ofCustomer(
      counted.filter(({ row }) => row['customer_id'] === customer['customer_id']),
      world,
      today,
      options,
    ),
  }));
  const placed = rows.map((row) => ({ ...row, ...placesOf(row, rows), ...scoresOf(row, rows) }));
  return placed.map(({ customer, cents, cents12, centsMonthly, centsRfm, ...row }) => ({
    customerId: customer['customer_id'],
    ...row,
    value: cents / 100,
    value12Months: cents12 / 100,
    valueMonthly: centsMonthly / 100,
    monetary: centsRfm / 100,
    tier: tierOf(cents, rows, options),
  }));
}

function heldOf(row: Stored): Held {
  const day = (column: string, otherwise: number) =>
    row[column] == null ? otherwise : numberOf(row[column] as string);
  return {
    row,
    start: day('start_date', Infinity),
    end: day('end_date', Infinity),
    isMonthly: row['relationship_type'] === 'subscription',
    cents: Math.round(Number(row['value'] ?? 0) * 100),
  };
}

function ofCustomer(held: readonly Held[], world: WorldRows, today: number, options: FactsOptions) {
  const active = held.filter(({ end }) => end > today);
  const starts = held.map(({ start }) => start);
  const rfmFrom = options.rfmMonths === null ? -Infinity : monthsBefore(today + 1, options.rfmMonths);
  const different = (rows: readonly Held[], of: (row: Stored) => unknown) =>
    new Set(rows.map(({ row }) => of(row)).filter((value) => value != null)).size;
  const product = (row: Stored) => row['product_id'];
  const category = (row: Stored) =>
    world.products.find((one) => one['product_id'] === row['product_id'])?.['product_category'];
  const revenue = (from: number) => held.reduce((sum, one) => sum + centsBetween(one, from, today + 1), 0);
  const days = new Set(starts.filter((start) => start >= rfmFrom));
  return {
    firstStart: held.length === 0 ? null : textOf(Math.min(...starts)),
    lastStart: held.length === 0 ? null : textOf(Math.max(...starts)),
    relationships: held.length,
    activeRelationships: active.length,
    products: different(held, product),
    activeProducts: different(active, product),
    categories: different(held, category),
    activeCategories: different(active, category),
    cents: revenue(-Infinity),
    cents12: revenue(monthsBefore(today + 1, 12)),
    centsMonthly: active.reduce((sum, { isMonthly, cents }) => sum + (isMonthly ? cents : 0), 0),
    centsRfm: revenue(rfmFrom),
    recencyDays: held.length === 0 ? null : today - Math.max(...starts),
    frequency: days.size,
    lifecycle: lifecycleOf(held, today, options),
  };
}

/** Cents of a relationship on the days [from, to). */
function centsBetween({ start, end, isMonthly, cents }: Days, from: number, to: number): number {
  if (!isMonthly) return start >= from && start < to ? cents : 0;
  const [first, last] = [Math.max(start, from), Math.min(end, to)];
  return first < last ? Number(roundedHalfUp(BigInt(cents), monthsBetween(first, last))) : 0;
}

type Fraction = readonly [numerator: bigint, denominator: bigint];

/** Whole months of the calendar, plus the days before the last day as a part of its month, less those before the first. */
function monthsBetween(first: number, last: number): Fraction {
  const [a, b] = [new Date(first * DAY), new Date(last * DAY)];
  const length = (of: Date) => BigInt(new Date(Date.UTC(of.getUTCFullYear(), of.getUTCMonth() + 1, 0)).getUTCDate());
  const whole = BigInt(12 * (b.getUTCFullYear() - a.getUTCFullYear()) + b.getUTCMonth() - a.getUTCMonth());
  const [n, m] = [length(a), length(b)];
  return [whole * n * m + BigInt(b.getUTCDate() - 1) * n - BigInt(a.getUTCDate() - 1) * m, n * m];
}

/** Half a cent goes away from zero. */
function roundedHalfUp(cents: bigint, [numerator, denominator]: Fraction): bigint {
  const product = cents * numerator;
  const size = product < 0n ? -product : product;
  const rounded = (2n * size + denominator) / (2n * denominator);
  return product < 0n ? -rounded : rounded;
}

function monthsBefore(day: number, months: number): number {
  const date = new Date(day * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date.getUTCDate(), last)) / DAY;
}

function lifecycleOf(
  held: readonly Held[],
  today: number,
  { newDays, dormantDays, churnedDays }: FactsOptions,
): string {
  const starts = held.map(({ start }) => start);
  if (held.length === 0) return 'none';
  if (today - Math.min(...starts) < newDays) return 'new';
  const first = today - dormantDays + 1;
  const before = held.filter(({ start }) => start < first);
  // Day by day until the window begins, one is active until the day of the end.
  const last = Math.max(...before.map(({ start, end, isMonthly }) => (isMonthly ? Math.min(end, first) : start)));
  const within = starts.filter((start) => start >= first);
  const subscribes = held.some(({ isMonthly, end }) => isMonthly && end > today);
  if (within.length === 0 && !subscribes) {
    const ends = held.filter(({ isMonthly }) => isMonthly).map(({ end }) => end);
    return today - Math.max(...starts, ...ends) < churnedDays ? 'dormant' : 'churned';
  }
  return within.length > 0 && before.length > 0 && Math.min(...within) - last > dormantDays
    ? 'resurrected'
    : 'returning';
}

type Row = ReturnType<typeof ofCustomer> & { readonly customer: Stored };

function placesOf(row: Row, rows: readonly Row[]) {
  const place = (among: readonly Row[]) => ({
    rank: 1 + among.filter(({ cents }) => cents > row.cents).length,
    percentile: among.filter(({ cents }) => cents <= row.cents).length / among.length,
  });
  const alike = (column: string) =>
    rows.filter(({ customer }) => (customer[column] ?? null) === (row.customer[column] ?? null));
  const [all, inType, inRegion] = [place(rows), place(alike('customer_type')), place(alike('region'))];
  return {
    valueRank: all.rank,
    valueRankInType: inType.rank,
    valueRankInRegion: inRegion.rank,
    valuePercentile: all.percentile,
    valuePercentileInType: inType.percentile,
    valuePercentileInRegion: inRegion.percentile,
  };
}

function scoresOf(row: Row, rows: readonly Row[]) {
  const population = rows.filter(({ frequency }) => frequency > 0);
  const score = (of: (one: Row) => number) => {
    if (row.frequency === 0) return null;
    const upTo = population.filter((one) => of(one) <= of(row)).length;
    // The score s is the least with upTo <= s fifths of all.
    return [1, 2, 3, 4, 5].find((s) => 5 * upTo <= s * population.length)!;
  };
  const [recency, frequency, monetary] = [
    score(({ recencyDays }) => -recencyDays!),
    score((one) => one.frequency),
    score(({ centsRfm }) => centsRfm),
  ];
  return {
    recencyScore: recency,
    frequencyScore: frequency,
    monetaryScore: monetary,
    rfmSegment: recency === null ? 'none' : rfmName(DEFAULT_RFM_TABLE, [recency, frequency!, monetary!]),
  };
}

function tierOf(cents: number, rows: readonly Row[], { tierA, tierB }: FactsOptions): string {
  const positive = rows.map((row) => row.cents).filter((one) => one > 0);
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  const share = sum(positive.filter((one) => one >= cents)) / sum(positive);
  if (cents <= 0) return 'C';
  return share <= tierA ? 'A' : share <= tierB ? 'B' : 'C';
}
