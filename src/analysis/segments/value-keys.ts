import type { Value, WireType } from '../../data/warehouse/port.ts';
import { compareText } from '../../lib/compare-text.ts';
import { plainDecimal } from './plain-decimal.ts';

/**
 * A value in the form in which it is compared: integers and decimals as units of 10^-38, so that no digit is lost; doubles
 * and days since 1970-01-01 as numbers; times as nanoseconds since then; texts and booleans as texts.
 */
export type Key = string | number | bigint;

export const KEY_SCALE = 38;
const DAY_NANOSECONDS = 86_400_000_000_000n;
const TIME = /^([-+]?\d+)-(\d\d)-(\d\d)( \(BC\))?(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?)?Z?$/;

/** The key of a wire value, or of a rule's text that fits the type; null for null. */
export function keyOf(type: WireType, value: Value): Key | null {
  if (value === null) return null;
  const text = textOf(value);
  switch (type) {
    case 'integer':
    case 'decimal':
      return unscaled(text, KEY_SCALE);
    case 'double':
      return Number(text);
    case 'date':
      return dayNumber(text);
    case 'timestamp':
      return nanoseconds(text);
    case 'text':
    case 'boolean':
    case 'json':
      return text;
  }
}

/** A value that is not null as a text; numbers without an exponent. */
export function textOf(value: Value): string {
  if (typeof value === 'number') return plainDecimal(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Negative, 0 or positive; for keys of one type. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'string') return compareText(a, b as string);
  const to = b as number | bigint;
  return a < to ? -1 : a > to ? 1 : 0;
}

/** A decimal as a number of units of 10^-scale; digits beyond them are cut. */
function unscaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(`${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`);
}

const FOREVER: Readonly<Record<string, number>> = { infinity: Infinity, '-infinity': -Infinity };

/** Days since 1970-01-01 of the warehouse's text of a date. After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013), days_from_civil. */
export function dayNumber(text: string): number {
  const [, yearText, monthText, dayText, isBefore] = TIME.exec(text) ?? [];
  if (yearText === undefined) return FOREVER[text] ?? NaN;
  const month = Number(monthText);
  const year = (isBefore === undefined ? Number(yearText) : 1 - Number(yearText)) - (month <= 2 ? 1 : 0);
  const era = Math.floor(year / 400);
  const ofEra = year - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + Number(dayText) - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

function nanoseconds(text: string): bigint | number {
  const day = dayNumber(text);
  if (!Number.isFinite(day)) return day;
  const [, , , , , hours = '0', minutes = '0', seconds = '0', fraction = ''] = TIME.exec(text)!;
  const ofDay = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000_000n;
  return BigInt(day) * DAY_NANOSECONDS + ofDay + BigInt(fraction.padEnd(9, '0'));
}
