/**
 * What is planted, in numbers. Everything that an analysis should find again is written here and nowhere else;
 * docs/demo-data.md explains it, demo-truth.json states it beside what came out.
 */
export const DEMO_SIZES = Object.freeze({
  XS: { customers: 1_000, products: 100, relationships: 10_000 },
  S: { customers: 10_000, products: 500, relationships: 100_000 },
  M: { customers: 100_000, products: 1_000, relationships: 2_000_000 },
  L: { customers: 1_000_000, products: 10_000, relationships: 20_000_000 },
});
/** XS is for tests. */
export type DemoSize = keyof typeof DEMO_SIZES;

export const FIRST_DAY = '2022-10-01';
export const LAST_DAY = '2026-09-30';
/** Days are counted from FIRST_DAY (day 0). */
export const LAST_DAY_NUMBER = dayNumber(LAST_DAY);
export const DAYS_PER_MONTH = 30.4375;

/** Factor on the relationships that start in January, ..., December; the mean is 1. */
export const SEASON = Object.freeze([0.86, 0.84, 0.95, 0.98, 1.02, 1.0, 0.93, 0.9, 0.97, 1.04, 1.21, 1.3]);
export const TREND_PER_MONTH = 1.006;
export const CHANGE_POINT = Object.freeze({ month: '2025-04', factor: 0.72 });

/** `share`: of the relationships that start in the window. */
export type Month = {
  readonly month: string;
  readonly firstDay: number;
  readonly days: number;
  readonly share: number;
};
export const MONTHS: readonly Month[] = Object.freeze(calendarMonths());

/** Of the customers, so many were there before the first day; the others register in the window, each month more of them. */
export const REGISTERED_BEFORE = 0.4;
export const REGISTRATION_GROWTH = 1.01;
/** Nobody registers after this day: a row dated before the launch of a product of the last days is not before its customer too. */
export const LAST_REGISTRATION_DAY = dayNumber('2026-09-20');

export const CUSTOMER_TYPES = Object.freeze(['consumer', 'business', 'public'] as const);
export type Segment = {
  readonly name: string;
  readonly share: number;
  readonly customerType: (typeof CUSTOMER_TYPES)[number];
  readonly favourites: readonly string[];
  /** Factors on how many relationships a customer starts, and on their value. */
  readonly activity: number;
  readonly value: number;
  /** Rate per month at which subscriptions end. */
  readonly hazard: number;
};
export const SEGMENTS: readonly Segment[] = Object.freeze([
  segment('households', 0.36, 'consumer', ['Home', 'Groceries'], 0.9, 1.0, 0.04),
  segment('bargain hunters', 0.22, 'consumer', ['Fashion', 'Groceries'], 0.7, 0.6, 0.09),
  segment('enthusiasts', 0.15, 'consumer', ['Electronics', 'Sports'], 1.6, 1.25, 0.025),
  segment('small companies', 0.18, 'business', ['Office', 'Software'], 1.1, 1.4, 0.03),
  segment('large companies', 0.05, 'business', ['Software', 'Mobility'], 2.2, 2.6, 0.012),
  segment('public bodies', 0.04, 'public', ['Office', 'Energy'], 1.3, 1.8, 0.018),
]);
/** A favourite category is chosen so many times as often. */
export const FAVOURITE_FACTOR = 3.5;

/** Spread (sigma) of the lognormal number of relationships that a customer starts. */
export const BASKET_SIGMA = 0.8;
/** Shift of the Zipf-Mandelbrot popularity of products within a category. */
export const POPULARITY_SHIFT = 4;
/** Share of purchases that are given back, 3 to 30 days after they start. */
export const RETURNED = 0.02;

/**
 * Pairs of products that are bought together. Their products are left out of the ordinary choice, so that the shares of
 * all customers who have both, or only one, are exactly these, and the lift is both / (has first * has second).
 */
export type PlantedPair = { readonly both: number; readonly onlyFirst: number; readonly onlySecond: number };
export const PAIRS: readonly PlantedPair[] = Object.freeze([
  { both: 0.012, onlyFirst: 0.012, onlySecond: 0.016 },
  { both: 0.01, onlyFirst: 0.008, onlySecond: 0.014 },
  { both: 0.01, onlyFirst: 0.01, onlySecond: 0.01 },
  { both: 0.015, onlyFirst: 0.012, onlySecond: 0.01 },
  { both: 0.008, onlyFirst: 0.012, onlySecond: 0.008 },
  { both: 0.006, onlyFirst: 0.008, onlySecond: 0.008 },
  { both: 0.016, onlyFirst: 0.016, onlySecond: 0.012 },
  { both: 0.008, onlyFirst: 0.006, onlySecond: 0.012 },
]);
/** The second product of a pair starts on the day of the first for half of the customers, else up to so many days later. */
export const PAIR_DAYS = 14;

export const REGIONS: readonly (readonly [name: string, weight: number])[] = Object.freeze([
  ['Germany', 26],
  ['France', 17],
  ['Italy', 12],
  ['Spain', 10],
  ['Poland', 9],
  ['Netherlands', 8],
  ['Austria', 6],
  ['Switzerland', 5],
  ['Sweden', 4],
  ['Ireland', 3],
]);

function segment(
  name: string,
  share: number,
  customerType: Segment['customerType'],
  favourites: readonly string[],
  activity: number,
  value: number,
  hazard: number,
): Segment {
  return Object.freeze({ name, share, customerType, favourites, activity, value, hazard });
}

export function dayNumber(day: string): number {
  return (Date.parse(day) - Date.parse(FIRST_DAY)) / 86_400_000;
}

/** The day as ISO text. */
export function dayText(number: number): string {
  return new Date(Date.parse(FIRST_DAY) + number * 86_400_000).toISOString().slice(0, 10);
}

function calendarMonths(): Month[] {
  const starts = Array.from({ length: 49 }, (_, i) => new Date(Date.UTC(2022, 9 + i, 1)).toISOString().slice(0, 10));
  let trend = 1;
  const weights = starts.slice(0, -1).map((start) => {
    const level = start.slice(0, 7) >= CHANGE_POINT.month ? CHANGE_POINT.factor : 1;
    const weight = SEASON[Number(start.slice(5, 7)) - 1]! * trend * level;
    trend *= TREND_PER_MONTH;
    return weight;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, i) => {
    const firstDay = dayNumber(starts[i]!);
    return {
      month: starts[i]!.slice(0, 7),
      firstDay,
      days: dayNumber(starts[i + 1]!) - firstDay,
      share: weight / total,
    };
  });
}
