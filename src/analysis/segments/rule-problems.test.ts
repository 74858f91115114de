import { describe, expect, test } from 'vitest';
import type { FieldError } from '../../lib/app-error.ts';
import type { Definitions } from './fold-rule.ts';
import { requireRule, ruleProblems } from './rule-problems.ts';
import { referencesOf, type Rule } from './rule.ts';
import { definitionsOf, TEST_MEMBERS } from './test-members.ts';

const leaf: Rule = { member: 'amount', op: 'gte', value: 100 };
const many = (count: number): Rule => ({ any: Array.from({ length: count }, () => leaf) });
const lists = (count: number): Rule => ({
  any: Array.from({ length: Math.ceil(count / 1000) }, (_, i) => ({
    member: 'visits',
    op: 'in',
    value: Array.from({ length: Math.min(1000, count - i * 1000) }, (_value, n) => n),
  })),
});
const nested = (depth: number): Rule => (depth === 1 ? leaf : { not: nested(depth - 1) });
const SAVED = definitionsOf({
  gold: leaf,
  silver: { not: { segment: 'gold' } },
  bronze: { all: [leaf, { any: [{ segment: 'silver' }, { segment: 'gold' }] }] },
  large: many(999),
});
const problems = (rule: unknown, id?: string, segments: Definitions = SAVED) =>
  ruleProblems(rule, { members: TEST_MEMBERS, segments, id });
const at = (pointer: string, detail: string | RegExp): FieldError => ({
  pointer,
  detail: expect.stringMatching(detail) as string,
});

describe('a rule that is right', () => {
  test.each<[string, unknown]>([
    ['one condition', leaf],
    ['a text that is a number', { member: 'amount', op: 'eq', value: '12345678901234567.89' }],
    ['a small number', { member: 'amount', op: 'gt', value: 1e-7 }],
    ['a large number', { member: 'visits', op: 'lt', value: 1e21 }],
    ['a list', { member: 'name', op: 'in', value: ['a,b', ''] }],
    ['missing, by the default', { member: 'extra', op: 'isNull' }],
    ['not missing', { member: 'since', op: 'isNull', value: false }],
    ['a boolean', { member: 'isLoyal', op: 'eq', value: true }],
    ['a time', { member: 'seen', op: 'gte', value: '2024-01-31' }],
    ['other segments', { all: [{ segment: 'gold' }, { not: { segment: 'bronze' } }] }],
    ['the deepest', nested(20)],
    ['the largest', many(1000)],
    ['the most values', lists(5000)],
    ['the largest with a segment', { any: [leaf, { segment: 'large' }] }],
  ])('%s', (_, rule) => {
    expect(problems(rule)).toEqual([]);
    expect(requireRule(rule, { members: TEST_MEMBERS, segments: SAVED })).toBe(rule);
  });
});

describe('what is no rule', () => {
  test.each<[unknown, string, string | RegExp]>([
    [null, '', /^must be a rule: an object with one of all, any, not, segment, member$/],
    [[leaf], '', /^must be a rule/],
    ['gold', '', /^must be a rule/],
    [{}, '', /^needs one of all, any/],
    [{ op: 'eq', value: 1 }, '', /^needs one of/],
    [
      { alll: [] },
      '/alll',
      /^is not known \(did you mean "all"\?\); known here: all, any, not, segment, member, op, value$/,
    ],
    [{ all: [leaf], any: [leaf] }, '', /^has all and any; a rule is one of/],
    [{ ...leaf, vlaue: 1 }, '/vlaue', /did you mean "value"/],
    [{ segment: 'gold', value: 1 }, '/value', /^is not known/],
    [{ all: [] }, '/all', /^must be a list of at least one rule$/],
    [{ any: leaf }, '/any', /^must be a list/],
    [{ not: [leaf] }, '/not', /^must be a rule/],
    [{ segment: 7 }, '/segment', /^must be the id/],
    [{ all: [leaf, { any: [leaf, { not: 3 }] }] }, '/all/1/any/1/not', /^must be a rule/],
    [{ 'a/b~': 1 }, '/a~1b~0', /^is not known/],
    [nested(21), `${'/not'.repeat(20)}`, /^is nested over 20 deep$/],
    [many(1001), '', /^has over 1000 conditions or 5000 values, which is the most$/],
    [lists(5001), '', /^has over 1000 conditions or 5000 values/],
    [
      { any: [lists(4999), leaf, { segment: 'gold' }] },
      '',
      /^comes to 5001 values where at most 5000 are allowed, the segments/,
    ],
    [
      { any: [leaf, leaf, { segment: 'large' }] },
      '',
      /^comes to 1001 conditions where at most 1000 are allowed, the segments/,
    ],
  ])('%j', (rule, below, detail) => {
    expect(problems(rule)).toEqual([at(`/rule${below}`, detail)]);
  });

  test('however deep it is nested', () => {
    let deep: unknown = leaf;
    for (let i = 0; i < 200_000; i++) deep = i % 2 === 0 ? { not: deep } : { all: [deep] };
    expect(problems(deep)).toHaveLength(1);
  });
});

describe('conditions', () => {
  test.each<[string, unknown, string, string | RegExp]>([
    ['amuont', 'gte', '/member', /^"amuont" is not known \(did you mean "amount"\?\); known: name, visits, amount/],
    ['toString', 'gte', '/member', /^"toString" is not known/],
    ['isLoyal', 'gte', '/op', /^"gte" is no operator of isLoyal \(boolean\).*; allowed: eq, ne, in, isNull$/],
    ['amount', 'like', '/op', /^"like" is no operator of amount/],
    ['amount', 'gtee', '/op', /did you mean "gte"/],
    ['extra', 'eq', '/op', /allowed: isNull$/],
    ['amount', undefined, '/op', /^is required: one of eq, ne/],
    ['amount', 7, '/op', /^a number is no operator/],
  ])('%s %s', (member, op, below, detail) => {
    expect(problems({ all: [leaf, leaf, { member, op, value: 1 }] })).toEqual([at(`/rule/all/2${below}`, detail)]);
  });

  test.each<[string, string, unknown, string, string | RegExp]>([
    ['amount', 'eq', undefined, '', /^is required$/],
    ['amount', 'eq', null, '', /^must be a number, not null; isNull asks/],
    ['amount', 'eq', [1], '', /^must be one value; a list is for in$/],
    ['amount', 'eq', 'ten', '', /^"ten" is not a number$/],
    ['amount', 'eq', NaN, '', /^"NaN" is not a number$/],
    ['amount', 'eq', true, '', /^must be a number, not true or false$/],
    ['amount', 'eq', { a: 1 }, '', /^must be a number, not an object$/],
    ['amount', 'in', 1, '', /^must be a list of values$/],
    ['amount', 'in', [], '', /^must have at least one value$/],
    ['amount', 'in', [1, 'x'], '/1', /^"x" is not a number$/],
    ['amount', 'in', [1, [2]], '', /^must be a number, not a list$/],
    ['amount', 'in', Array.from({ length: 1001 }, () => 1), '', /^has 1001 values; at most 1000/],
    ['visits', 'eq', 1.5, '', /^"1\.5" is not a whole number$/],
    ['name', 'eq', 5, '', /^must be a text, not a number$/],
    ['name', 'eq', 'x'.repeat(1001), '', /^must have at most 1000 characters$/],
    ['name', 'eq', 'a\ud800', '', /surrogate/],
    ['name', 'like', 'a\\', '', /^ends in a lone/],
    ['since', 'eq', '2024-02-30', '', /is not a date such as/],
    ['since', 'eq', 20240101, '', /^must be a date such as 2026-01-31, not a number$/],
    ['since', 'isNull', 'yes', '', /^must be true or false$/],
    ['since', 'isNull', 1, '', /^must be true or false, not a number$/],
    ['isLoyal', 'eq', 'yes', '', /is not true or false$/],
  ])('%s %s %j', (member, op, value, below, detail) => {
    expect(problems({ not: { member, op, value } })).toEqual([at(`/rule/not/value${below}`, detail)]);
  });

  test('a member is a text', () => {
    expect(problems({ member: 5, op: 'eq', value: 1 })).toEqual([at('/rule/member', /^must be the name/)]);
  });

  test('all that are wrong are named, up to twenty', () => {
    const wrong = { member: 'x', op: 'eq', value: 1 };
    expect(problems({ all: [wrong, leaf, wrong] }).map(({ pointer }) => pointer)).toEqual([
      '/rule/all/0/member',
      '/rule/all/2/member',
    ]);
    expect(problems({ all: Array.from({ length: 50 }, () => wrong) })).toHaveLength(20);
    expect(() => requireRule({ all: [wrong, wrong] }, { members: TEST_MEMBERS, segments: SAVED }, '/a')).toThrow(
      /^segment\.invalid: \/a\/all\/0\/member "x" is not known.* \(and 1 more\)\.$/,
    );
  });
});

describe('segments that a rule refers to', () => {
  test('must be there', () => {
    expect(problems({ all: [leaf, { segment: 'glod' }] })).toEqual([
      at('/rule/all/1/segment', /^there is no segment "glod" \(did you mean "gold"\?\)$/),
    ]);
    expect(problems({ segment: 'gold' }, undefined, new Map())).toEqual([
      at('/rule/segment', /^there is no segment "gold"$/),
    ]);
  });

  test('must not be the segment itself, nor lead back to it', () => {
    expect(problems({ not: { segment: 'gold' } }, 'gold')).toEqual([
      at('/rule/not/segment', /^leads back to the segment itself: gold -> gold$/),
    ]);
    expect(problems({ segment: 'self' }, 'self')).toEqual([at('/rule/segment', /self -> self$/)]);
    expect(problems({ any: [leaf, { segment: 'bronze' }] }, 'gold')).toEqual([
      at('/rule/any/1/segment', /: gold -> bronze -> (silver -> )?gold$/),
    ]);
    expect(problems({ segment: 'bronze' }, 'other')).toEqual([]);
  });

  test('lead one to the next at most twenty times', () => {
    const chain = (length: number) =>
      definitionsOf(
        Object.fromEntries(
          Array.from({ length }, (_, i): [string, Rule] => [`s${i}`, i === 0 ? leaf : { segment: `s${i - 1}` }]),
        ),
      );
    expect(problems({ segment: 's19' }, 'new', chain(20))).toEqual([]);
    expect(problems({ segment: 's20' }, 'new', chain(21))).toEqual([at('/rule', /^comes to 21 segments that refer/)]);
    expect(problems({ segment: 's20' }, undefined, chain(21))).toEqual([]);
    expect(problems({ segment: 'more' }, 's0', new Map([...chain(20), ...definitionsOf({ more: leaf })]))).toEqual([]);
    expect(problems({ segment: 'more' }, 's0', new Map([...chain(21), ...definitionsOf({ more: leaf })]))).toEqual([
      at('/rule', /^would bring the segment s20 to 21 segments that refer/),
    ]);
  });

  test('do not grow beyond the limits of those that refer to them', () => {
    const saved = definitionsOf({
      part: leaf,
      whole: { any: [many(990), { segment: 'part' }] },
      over: { segment: 'whole' },
    });
    expect(problems(many(10), 'part', saved)).toEqual([]);
    expect(problems(many(11), 'part', saved)).toEqual([
      at('/rule', /^would bring the segment whole to 1001 conditions/),
      at('/rule', /^would bring the segment over to 1001 conditions/),
    ]);
  });

  test('are counted as often as they are named, without going through them each time', () => {
    const doubled = definitionsOf(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, i): [string, Rule] => [
          `s${i}`,
          i === 0 ? leaf : { all: Array.from({ length: 30 }, () => ({ segment: `s${i - 1}` })) },
        ]),
      ),
    );
    expect(problems({ segment: 's19' }, 'x', doubled)).toEqual([at('/rule', /^comes to 1\.16\d+e\+28 conditions/)]);
  });

  test('are listed once each', () => {
    expect(
      referencesOf({ all: [{ segment: 'b' }, { not: { any: [{ segment: 'a' }, { segment: 'b' }, leaf] } }] }),
    ).toEqual(['b', 'a']);
  });
});
