import { AppError } from '../lib/app-error.ts';

/** A period [from, to): `from` is its first day, `to` the first day after it. */
export type Period = { readonly from: string; readonly to: string };

/**
 * The period that is asked about: the 12 months up to and including asOf unless it is given. Throws request.invalid when
 * it ends before or on the day it starts, or after the day after asOf.
 */
export function periodOf({ from, to }: Partial<Period>, asOf: string): Period {
  const end = dayAfter(asOf);
  const period = { from: from ?? monthsBefore(to ?? end, 12), to: to ?? end };
  if (period.from >= period.to)
    throw invalid('?from', `must be before \`to\`: the period ${period.from} to ${period.to} has no day`);
  if (period.to > end) throw invalid('?to', `must be at most ${end}, the day after asOf`);
  return period;
}

/** The period of the same length right before: as many months when it is whole months long, else as many days. */
export function periodBefore({ from, to }: Period): Period {
  const months = monthsBetween(from, to);
  return { from: months === undefined ? addDays(from, -daysBetween(from, to)) : monthsBefore(from, months), to: from };
}

export function dayAfter(day: string): string {
  return addDays(day, 1);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}

/** The same day of the month so many months before, or the last day of that month when it has no such day. */
export function monthsBefore(day: string, months: number): string {
  const [year, month, dayOfMonth] = day.split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 - months, 1));
  const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  first.setUTCDate(Math.min(dayOfMonth, last));
  return first.toISOString().slice(0, 10);
}

/** Whole months from one day to another on the same day of the month; undefined otherwise. */
function monthsBetween(from: string, to: string): number | undefined {
  const [y1, m1, d1] = from.split('-').map(Number) as [number, number, number];
  const [y2, m2, d2] = to.split('-').map(Number) as [number, number, number];
  return d1 === d2 ? 12 * (y2 - y1) + m2 - m1 : undefined;
}

function invalid(pointer: string, detail: string): AppError {
  return new AppError('request.invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
