import type { Value } from '../../data/warehouse/port.ts';
import type { Filter } from '../filter.ts';
import { compareKeys, keyOf, type Key } from './value-keys.ts';
import { likePattern } from './like-pattern.ts';

/** Whether a value, as its key, meets a condition. */
export type KeyTest = (key: Key | null) => boolean;

/** A condition of `filterCondition` for one value, with the same answer: null meets only `isNull` and `ne`. */
export function keyTest({ field: { type }, operator, values }: Filter): KeyTest {
  const present =
    (test: (key: Key) => boolean): KeyTest =>
    (key) =>
      key !== null && test(key);
  if (operator === 'isNull') return values[0] === 'true' ? (key) => key === null : (key) => key !== null;
  if (operator === 'like') {
    const matches = likePattern(values[0]!);
    return present((key) => matches(String(key)));
  }
  const keys = values.map((value) => keyOf(type, value)!);
  const to = keys[0]!;
  switch (operator) {
    case 'eq':
      return present((key) => compareKeys(key, to) === 0);
    case 'ne':
      return (key) => key === null || compareKeys(key, to) !== 0;
    case 'gt':
      return present((key) => compareKeys(key, to) > 0);
    case 'gte':
      return present((key) => compareKeys(key, to) >= 0);
    case 'lt':
      return present((key) => compareKeys(key, to) < 0);
    case 'lte':
      return present((key) => compareKeys(key, to) <= 0);
    case 'in': {
      const set = new Set(keys);
      return present((key) => set.has(key));
    }
  }
}

/** One customer: values by the names of members, as the warehouse gave them. */
export type MemberValues = Readonly<Record<string, Value | undefined>>;

/** The key of a customer's value; a value that is missing is null. */
export function keyOfMember({ field, type }: Filter['field'], values: MemberValues): Key | null {
  return keyOf(type, values[field] ?? null);
}
