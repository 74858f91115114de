import { dayText } from '../../lib/calendar.ts';
import type { Whole } from './whole.ts';

/**
 * Who owns what, in typed arrays: one entry for each relationship that has a start, ordered by customer and product.
 * Customers, products and types are numbered in the order of their ids (by code point). Days count from 1970-01-01.
 */
export type Snapshot = {
  /** Its own: what is made of it is kept under this name. */
  readonly id: string;
  readonly customers: readonly string[];
  readonly products: readonly string[];
  /** By type number; the first is null, for relationships without one. */
  readonly types: readonly (string | null)[];
  readonly isMonthly: readonly boolean[];
  /** Entries of customer c are `offsets[c]` to `offsets[c + 1]`. */
  readonly offsets: Uint32Array;
  readonly product: Whole;
  readonly type: Whole;
  readonly start: Whole;
  /** See `endCode`. */
  readonly end: Whole;
  /** Hundredths of the currency; a missing value counts as 0, as it does in a sum. */
  readonly cents: Whole;
  /** Entries of product p, by customer, are `byProduct[i]` with i from `productOffsets[p]` to `productOffsets[p + 1]`. */
  readonly byProduct: Uint32Array;
  readonly productOffsets: Uint32Array;
  /** Customers of whom it does not speak: they have days outside the years 1 to 9999, or a relationship without product. */
  readonly unsure: ReadonlySet<string>;
  /** Whether every relationship has a customer. */
  readonly isWhole: boolean;
  readonly dayText: (day: number) => string;
};

/** The end of a relationship that is open. */
export const OPEN = 0;

/** An end as it is kept: no day is 0, so that days since 1970, the common ones, and OPEN fit into 16 bits. */
export function endCode(day: number): number {
  return day > 0 ? day : day - 1;
}

export function endDay(code: number): number {
  return code > 0 ? code : code + 1;
}

/** Texts of days, each made once. */
export function dayTexts(): (day: number) => string {
  const texts = new Map<number, string>();
  return (day) => {
    const known = texts.get(day);
    if (known !== undefined) return known;
    const text = dayText(day);
    if (texts.size < MOST_DAYS) texts.set(day, text);
    return text;
  };
}

const MOST_DAYS = 50_000;
