import type { Value } from '../../data/warehouse/port.ts';
import type { Filter, Operator } from '../filter.ts';
import { smallestChange, type Change } from './change.ts';
import { foldRule, type Definitions, type Place } from './fold-rule.ts';
import { keyOfMember, keyTest, type KeyTest, type MemberValues } from './holds.ts';
import type { Member, Members } from './members.ts';
import type { Condition, Rule } from './rule.ts';
import type { Key } from './value-keys.ts';

/**
 * One condition of a rule, and how it stands with a customer. `pointer` is its place in the rule, or in the rule of the
 * segment that is named; `holds` is of the condition itself, whatever `not` it stands under.
 */
export type ConditionHolds = {
  readonly pointer: string;
  readonly segment: string | null;
  readonly member: string;
  readonly op: Operator;
  readonly value: Exclude<Condition['value'], undefined> | null;
  readonly customerValue: Value;
  readonly holds: boolean;
};
export type Why = {
  readonly isMember: boolean;
  readonly conditions: readonly ConditionHolds[];
  /** Null when no change of a single measure would turn membership over. */
  readonly change: Change | null;
};

/**
 * Why a customer is in a segment or not, with the same answer as `ruleCondition` gives. `values` are those of the rule's
 * members (`membersIn`), as the warehouse gave them. Throws `segment.invalid`, see `foldRule`.
 */
export function why(rule: Rule, values: MemberValues, members: Members, segments: Definitions): Why {
  const { leaves, isIn } = tested(rule, members, segments);
  const keys = new Map(leaves.map(({ filter: { field } }) => [field.field, keyOfMember(field, values)]));
  const isMember = isIn(({ field }) => keys.get(field)!);
  const turns = (changed: Member, key: Key) =>
    isIn(({ field }) => (field === changed.field ? key : keys.get(field)!)) !== isMember;
  const change = smallestChange(
    leaves.map(({ filter }) => filter),
    values,
    turns,
  );
  const conditions = leaves.map(({ place: { pointer, segment = null }, condition, filter, test }) => {
    const { member, op, value = null } = condition;
    const holds = test(keys.get(filter.field.field)!);
    return { pointer, segment, member, op, value, customerValue: values[member] ?? null, holds };
  });
  return { isMember, conditions, change };
}

/** Whether customers are in a segment, one by one; the answer of `ruleCondition`. Throws `segment.invalid`, see `foldRule`. */
export function ruleTest(rule: Rule, members: Members, segments: Definitions): (values: MemberValues) => boolean {
  const { isIn } = tested(rule, members, segments);
  return (values) => isIn((member) => keyOfMember(member, values));
}

type IsIn = (keyOf: (member: Member) => Key | null) => boolean;
type Leaf = {
  readonly filter: Filter;
  readonly place: Place;
  readonly condition: Condition;
  readonly test: KeyTest;
};

function tested(rule: Rule, members: Members, segments: Definitions) {
  const leaves: Leaf[] = [];
  const isIn = foldRule<IsIn>(rule, members, segments, {
    all: (parts) => (keyOf) => parts.every((part) => part(keyOf)),
    any: (parts) => (keyOf) => parts.some((part) => part(keyOf)),
    not: (part) => (keyOf) => !part(keyOf),
    condition(filter, place, condition) {
      const test = keyTest(filter);
      leaves.push({ filter, place, condition, test });
      return (keyOf) => test(keyOf(filter.field));
    },
  });
  return { leaves, isIn };
}

/** The members that a rule is about, those of the segments that it refers to included, each once: what `why` needs of a customer. */
export function membersIn(rule: Rule, members: Members, segments: Definitions): readonly Member[] {
  const fold = (parts: readonly (readonly Member[])[]) => parts.flat();
  const all = foldRule<readonly Member[]>(rule, members, segments, {
    all: fold,
    any: fold,
    not: (part) => part,
    condition: ({ field }) => [field],
  });
  return [...new Map(all.map((member) => [member.field, member])).values()];
}
