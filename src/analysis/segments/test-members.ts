import type { WireType } from '../../data/warehouse/port.ts';
import type { Definitions } from './fold-rule.ts';
import type { Members } from './members.ts';
import { referencesOf, type Rule } from './rule.ts';

const TYPES: Readonly<Record<string, WireType>> = {
  name: 'text',
  visits: 'integer',
  amount: 'decimal',
  ratio: 'double',
  since: 'date',
  seen: 'timestamp',
  isLoyal: 'boolean',
  extra: 'json',
};

/** Members for tests, one of each type, in columns of their own names in small letters; `visits` cannot be negative. */
export const TEST_MEMBERS: Members = new Map(
  Object.entries(TYPES).map(([field, type]) => [
    field,
    {
      field,
      column: field.toLowerCase(),
      type,
      description: '',
      unit: undefined,
      isNullable: true,
      ...(field === 'visits' && { minimum: 0 }),
    },
  ]),
);

/** Saved segments for tests, by id. */
export function definitionsOf(rules: Readonly<Record<string, Rule>>): Definitions {
  return new Map(Object.entries(rules).map(([id, rule]) => [id, { rule, refersTo: referencesOf(rule) }]));
}
