import { CATEGORIES } from './categories.ts';
import { tasteOf } from './relationships.ts';
import type { DemoTruth } from './truth.ts';
import * as world from './world.ts';

/** The parts of the truth that are measured. */
export type Measured = Pick<DemoTruth, 'rows' | 'segments' | 'pairs' | 'course' | 'baskets'>;
/** A row of a measurement. */
export type Found = Readonly<Record<string, string | number | null>>;

/** `found`: one row per segment and product category. */
export function segmentsOf(found: readonly Found[]): Measured['segments'] {
  return world.SEGMENTS.map((segment) => {
    const own = found.filter((row) => row['segment'] === segment.name);
    return {
      name: segment.name,
      share: segment.share,
      customerType: segment.customerType,
      favouriteCategories: [...segment.favourites],
      favouriteShare: plantedFavouriteShare(segment),
      activityFactor: segment.activity,
      valueFactor: segment.value,
      hazardPerMonth: segment.hazard,
      realised: realisedSegment(segment, own),
    };
  });
}

function plantedFavouriteShare({ favourites }: world.Segment): number {
  const taste = tasteOf(favourites);
  const favourite = taste.filter((_, i) => favourites.includes(CATEGORIES[i]!.name));
  return total(favourite) / total(taste);
}

function realisedSegment({ favourites }: world.Segment, own: readonly Found[]) {
  const sum = (field: string, rows = own) => total(rows.map((row) => Number(row[field])));
  const favourite = own.filter((row) => favourites.includes(String(row['product_category'])));
  const exposureMonths = sum('days') / world.DAYS_PER_MONTH;
  return {
    customers: Number(own[0]?.['customers'] ?? 0),
    relationships: sum('relationships'),
    favouriteShare: ratio(sum('ordinary', favourite), sum('ordinary')),
    subscriptions: sum('subscriptions'),
    ended: sum('ended'),
    exposureMonths,
    hazardPerMonth: ratio(sum('ended'), exposureMonths),
  };
}

/** `found`: one row per two products of planted pairs, in both orders, and per product with itself: customers who had both. */
export function pairsOf(planted: readonly string[], customers: number, found: readonly Found[]): Measured['pairs'] {
  const owners = (first: string, second: string) =>
    Number(found.find((row) => row['first'] === first && row['second'] === second)?.['customers'] ?? 0);
  return world.PAIRS.map((pair, i) => {
    const [first, second] = [planted[2 * i]!, planted[2 * i + 1]!];
    const realised = { first: owners(first, first), second: owners(second, second), both: owners(first, second) };
    const expectedBoth = (realised.first * realised.second) / customers;
    const lift = pair.both / ((pair.both + pair.onlyFirst) * (pair.both + pair.onlySecond));
    const measured = { ...realised, expectedBoth, lift: ratio(realised.both, expectedBoth) };
    return { first, second, planted: { ...pair, lift }, realised: measured };
  });
}

/** `found`: one row per month. */
export function courseOf(relationships: number, found: readonly Found[]): Measured['course'] {
  const counts = new Map(found.map((row) => [row['month'], Number(row['relationships'])]));
  return {
    seasonalIndices: [...world.SEASON],
    trendPerMonth: world.TREND_PER_MONTH,
    changePoint: { ...world.CHANGE_POINT },
    months: world.MONTHS.map(({ month, share }) => ({
      month,
      planted: share * relationships,
      realised: counts.get(month) ?? 0,
    })),
  };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
