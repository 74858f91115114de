import type { Value } from '../../data/warehouse/port.ts';
import { dayText, isCalendarDate } from '../../lib/calendar.ts';
import { compareText } from '../../lib/compare-text.ts';
import { decimalValue } from '../../lib/decimal-value.ts';
import type { Filter } from '../filter.ts';
import { keyOfMember, type MemberValues } from './holds.ts';
import type { Member } from './members.ts';
import { KEY_SCALE, compareKeys, keyOf, textOf, type Key } from './value-keys.ts';

/** One measure of a customer at another value. `relativeChange` is what changes are ranked by, see `smallestChange`. */
export type Change = {
  readonly member: string;
  readonly from: Value;
  readonly to: Value;
  readonly relativeChange: number;
};

/** Values of one measure as numbers on a grid; the next value up and down is a step of it. */
type Grid = {
  step(key: Key, direction: 1 | -1): Key;
  /** Undefined for what the measure cannot be. */
  valueOf(key: Key): Value | undefined;
  distance(a: Key, b: Key): number | bigint;
  /** The size of a change. */
  relative(from: Key, to: Key): number;
};

/**
 * The smallest change of one measure, all others as they are, that `turns` membership over. Measures are the rule's
 * integers, decimals, doubles and dates that the customer has a value of; for each, the nearest value at which membership
 * turns, the lower of two that are equally near. Of all measures the change that is smallest by |change| / max(|value|, 1)
 * counts, where a date's is its days / 365; ties go to the first name. Between the values that conditions name membership
 * does not change, so that only these and their neighbours are tried: the next integer, day or double, for decimals the
 * next one with as many digits as the condition and the customer's value have, at least two.
 */
export function smallestChange(
  filters: readonly Filter[],
  values: MemberValues,
  turns: (member: Member, key: Key) => boolean,
): Change | null {
  const byMember = Map.groupBy(filters, ({ field }) => field.field);
  const changes = [...byMember.values()].flatMap((own) => nearest(own[0]!.field, own, values, turns) ?? []);
  changes.sort((a, b) => a.relativeChange - b.relativeChange || compareText(a.member, b.member));
  return changes[0] ?? null;
}

function nearest(
  member: Member,
  filters: readonly Filter[],
  values: MemberValues,
  turns: (member: Member, key: Key) => boolean,
): Change | undefined {
  const key = keyOfMember(member, values);
  const named = filters.flatMap((filter) => (filter.operator === 'isNull' ? [] : filter.values));
  const from = values[member.field] ?? null;
  const grid = gridOf(member, [...named, textOf(from)]);
  const isThere = key !== null && (typeof key !== 'number' || Number.isFinite(key));
  if (!isThere || grid === undefined) return undefined;
  const thresholds = new Set(named.map((text) => keyOf(member.type, text)!));
  const tried = new Set([...thresholds].flatMap((at) => [grid.step(at, -1), at, grid.step(at, 1)]));
  const near = [...tried]
    .map((to) => ({ to, distance: grid.distance(key, to) }))
    .filter(({ to, distance }) => distance > 0 && isPossible(member, grid.valueOf(to)))
    .toSorted((a, b) => compareKeys(a.distance, b.distance) || compareKeys(a.to, b.to));
  const found = near.find(({ to }) => turns(member, to));
  if (found === undefined) return undefined;
  return { member: member.field, from, to: grid.valueOf(found.to)!, relativeChange: grid.relative(key, found.to) };
}

function isPossible({ minimum = -Infinity, maximum = Infinity }: Member, value: Value | undefined): boolean {
  if (value === undefined) return false;
  const number = Number(value);
  return Number.isNaN(number) || (number >= minimum && number <= maximum);
}

function gridOf({ type }: Member, texts: readonly string[]): Grid | undefined {
  switch (type) {
    case 'integer':
      return decimals(0);
    case 'decimal':
      return decimals(Math.max(2, ...texts.map((text) => text.split('.')[1]?.length ?? 0)));
    case 'double':
      return DOUBLES;
    case 'date':
      return DAYS;
    case 'text':
    case 'timestamp':
    case 'boolean':
    case 'json':
      return undefined;
  }
}

function decimals(scale: number): Grid {
  const unit = 10n ** BigInt(KEY_SCALE - scale);
  const distance = (a: Key, b: Key) => (a > b ? (a as bigint) - (b as bigint) : (b as bigint) - (a as bigint));
  const number = (key: bigint) => Number(key) / 10 ** KEY_SCALE;
  return {
    step: (key, direction) => (key as bigint) + unit * BigInt(direction),
    valueOf: (key) => decimalValue((key as bigint) / unit, scale),
    distance,
    relative: (from, to) => number(distance(from, to)) / Math.max(Math.abs(number(from as bigint)), 1),
  };
}

const DAYS: Grid = {
  step: (key, direction) => (key as number) + direction,
  valueOf(key) {
    const text = Number.isFinite(key) ? dayText(key as number) : '';
    return isCalendarDate(text) ? text : undefined;
  },
  distance: (a, b) => Math.abs((a as number) - (b as number)),
  relative: (from, to) => Math.abs((from as number) - (to as number)) / 365,
};

const DOUBLES: Grid = {
  step: (key, direction) => nextDouble(key as number, direction),
  valueOf: (key) => (Number.isFinite(key) ? (key as number) : undefined),
  distance: (a, b) => Math.abs((a as number) - (b as number)),
  relative(from, to) {
    // Divided first: a difference of doubles may be beyond all doubles.
    const size = Math.max(Math.abs(from as number), 1);
    return Math.abs((from as number) / size - (to as number) / size);
  },
};

/** The double right above or below (IEEE 754: nextUp, nextDown). */
function nextDouble(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += value > 0 === direction > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}
