import { describe, expect, test } from 'vitest';
import type { MemberValues } from './holds.ts';
import type { Condition, Rule } from './rule.ts';
import { definitionsOf, TEST_MEMBERS } from './test-members.ts';
import { membersIn, why } from './why.ts';

const SAVED = definitionsOf({ big: { any: [{ member: 'amount', op: 'gt', value: 100 }] } });
const asked = (rule: Rule, values: MemberValues) => why(rule, values, TEST_MEMBERS, SAVED);
const change = (rule: Rule, values: MemberValues) => asked(rule, values).change;

test('each condition with its place, the value of the customer and whether it holds', () => {
  const rule: Rule = {
    all: [
      { member: 'visits', op: 'gte', value: 3 },
      { not: { segment: 'big' } },
      { not: { member: 'name', op: 'isNull' } },
    ],
  };
  expect(asked(rule, { visits: 2, amount: 99.5, name: 'Ann' })).toEqual({
    isMember: false,
    conditions: [
      { pointer: '/all/0', segment: null, member: 'visits', op: 'gte', value: 3, customerValue: 2, holds: false },
      { pointer: '/any/0', segment: 'big', member: 'amount', op: 'gt', value: 100, customerValue: 99.5, holds: false },
      {
        pointer: '/all/2/not',
        segment: null,
        member: 'name',
        op: 'isNull',
        value: null,
        customerValue: 'Ann',
        holds: false,
      },
    ],
    change: { member: 'visits', from: 2, to: 3, relativeChange: 0.5 },
  });
  expect(membersIn(rule, TEST_MEMBERS, SAVED).map(({ field }) => field)).toEqual(['visits', 'amount', 'name']);
});

describe('the smallest change', () => {
  const leaf = (member: string, op: Condition['op'], value: Condition['value']): Rule =>
    ({ member, op, value }) as Condition;

  test.each<[Rule, MemberValues, unknown, number]>([
    // A border is reached or passed by one step: an integer, a cent or a finer digit, a day, the next double.
    [leaf('visits', 'gt', 5), { visits: 2 }, 6, 2],
    [leaf('visits', 'eq', 5), { visits: 5 }, 4, 0.2],
    [leaf('visits', 'ne', 5), { visits: 9 }, 5, 4 / 9],
    [leaf('visits', 'in', [1, 9]), { visits: 5 }, 1, 0.8],
    [leaf('amount', 'gt', 100), { amount: 50 }, 100.01, 50.01 / 50],
    [leaf('amount', 'gt', '100.1234'), { amount: 100.1234 }, 100.1235, 0.0001 / 100.1234],
    [leaf('amount', 'gte', 0.5), { amount: 1e-7 }, 0.5, 0.5 - 1e-7],
    [leaf('amount', 'lt', '12345678901234567.89'), { amount: '12345678901234567.89' }, '12345678901234567.88', 0],
    [leaf('since', 'gt', '2024-02-28'), { since: '2024-02-28' }, '2024-02-29', 1 / 365],
    [leaf('since', 'lt', '2024-01-01'), { since: '2024-12-31' }, '2023-12-31', 366 / 365],
    [leaf('ratio', 'gte', 0.8), { ratio: 0.5 }, 0.8, 0.3],
    [leaf('ratio', 'gt', 0.8), { ratio: 0.5 }, 0.8000000000000002, 0.3],
    [leaf('ratio', 'lt', 0), { ratio: 0 }, -5e-324, 0],
    [leaf('ratio', 'gt', 1.7e308), { ratio: -1.7e308 }, 1.7e308 + 2 ** 971, 2],
  ])('%j for %j', (rule, values, to, relative) => {
    const found = change(rule, values)!;
    expect(found.to).toEqual(to);
    expect(found.relativeChange).toBeCloseTo(relative, 10);
  });

  test.each<[string, Rule, MemberValues]>([
    [
      'texts, times and booleans have none',
      { any: [leaf('name', 'eq', 'a'), leaf('isLoyal', 'eq', true), leaf('seen', 'gt', '2024-01-01')] },
      { name: 'b', isLoyal: false, seen: '2023-01-01T00:00:00Z' },
    ],
    [
      'two measures would have to change',
      { all: [leaf('visits', 'gt', 5), leaf('amount', 'gt', 5)] },
      { visits: 1, amount: 1 },
    ],
    ['a value that is missing is no measure', leaf('visits', 'gt', 5), { visits: null }],
    ['nor is one that was never read', leaf('visits', 'gt', 5), {}],
    ['a date without end is none', leaf('since', 'gt', '2024-01-01'), { since: 'infinity' }],
    ['there are no visits below 0', { not: leaf('visits', 'gte', 0) }, { visits: 3 }],
    ['there is no day after the last', leaf('since', 'gt', '9999-12-31'), { since: '2024-01-01' }],
    ['nor one before the first', leaf('since', 'lt', '0001-01-01'), { since: '2024-01-01' }],
    ['nor a number after all numbers', leaf('ratio', 'gt', '1.7976931348623157e308'), { ratio: 1 }],
    ['conditions that no value meets', { all: [leaf('visits', 'gt', 5), leaf('visits', 'lt', 5)] }, { visits: 1 }],
    ['to be missing is no value', { member: 'visits', op: 'isNull' }, { visits: 1 }],
  ])('is null: %s', (_, rule, values) => {
    expect(change(rule, values)).toBe(null);
  });

  test('of several measures the smallest part of the value counts, then the name', () => {
    const any: Rule = { any: [leaf('visits', 'gte', 110), leaf('amount', 'gte', 120)] };
    expect(change(any, { visits: 100, amount: 100 })).toEqual({
      member: 'visits',
      from: 100,
      to: 110,
      relativeChange: 0.1,
    });
    expect(change(any, { visits: 10, amount: 100 })?.member).toBe('amount');
    expect(
      change({ any: [leaf('visits', 'gte', 1), leaf('amount', 'gte', 1)] }, { visits: 0, amount: 0 })?.member,
    ).toBe('amount');
  });
});
