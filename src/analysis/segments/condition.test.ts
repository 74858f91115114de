import { expect, test } from 'vitest';
import { checkStrictly } from '../../../test/snowflake/strict.ts';
import { objection } from '../../../test/sql-rules.ts';
import { coreCatalog } from '../../data/catalog/core-catalog.ts';
import { compile } from '../../data/sql/compile.ts';
import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';
import { snowflakeDialect } from '../../data/sql/snowflake-dialect.ts';
import { sql } from '../../data/sql/sql.ts';
import { openTestWarehouse } from '../../data/warehouse/duckdb/test-warehouse.ts';
import { tenant } from '../../data/warehouse/tenant.ts';
import { ruleCondition } from './condition.ts';
import type { Rule } from './rule.ts';
import { definitionsOf, TEST_MEMBERS } from './test-members.ts';

const RULE: Rule = {
  all: [
    {
      any: [
        { member: 'amount', op: 'gte', value: 1e-7 },
        { member: 'ratio', op: 'lt', value: 0.5 },
      ],
    },
    { not: { member: 'name', op: 'in', value: ['a', 'b'] } },
    { member: 'name', op: 'like', value: 'a%' },
    { member: 'since', op: 'isNull' },
    { segment: 'old' },
  ],
};
const SAVED = definitionsOf({ old: { not: { member: 'seen', op: 'gt', value: '2024-01-31' } } });
const printed = (rule: Rule, dialect = duckdbDialect) =>
  compile(
    sql`select sum(case when ${ruleCondition(rule, TEST_MEMBERS, SAVED, dialect)} then 1 else 0 end) as n from people q`,
    {
      dialect,
      catalog: coreCatalog(dialect),
      tenant: tenant('default'),
      isolation: 'database',
    },
  );

test('a rule is one condition with bound values, segments in their places', () => {
  const { text, params } = printed(RULE);
  expect(text).toBe(
    'select sum(case when ((q."amount" >= cast(? as decimal(38, 10)) or case when isfinite(q."ratio") then q."ratio" end < cast(? as double)) and ' +
      `not coalesce(q."name" in (?, ?), false) and q."name" ilike ? escape '^' and q."since" is null and ` +
      'not coalesce(q."seen" > cast(? as timestamp), false)) then 1 else 0 end) as n from people q',
  );
  expect(params).toEqual(['0.0000001', '0.5', 'a', 'b', 'a%', '2024-01-31']);
});

test('both dialects keep to the rules of SQL, and Snowflake reads it', () => {
  const { text } = printed(RULE, snowflakeDialect);
  expect([objection(text), objection(printed(RULE).text)]).toEqual([undefined, undefined]);
  expect(checkStrictly(text).map(({ name }) => name)).toContain('COALESCE');
});

test('the largest and the deepest rule run, within an aggregate too', async () => {
  const conditions = Array.from({ length: 1000 }, (_, i): Rule => ({ member: 'visits', op: 'in', value: [i, i + 1] }));
  const deepest = Array.from({ length: 19 }).reduce<Rule>((rule) => ({ not: rule }), {
    member: 'visits',
    op: 'gte',
    value: 3,
  });
  const lists = Array.from({ length: 5 }, (_, i): Rule => {
    const value = Array.from({ length: 1000 }, (_value, n) => i + n);
    return { member: 'visits', op: 'in', value };
  });
  const warehouse = await openTestWarehouse();
  await warehouse.script('create table people as select range as visits from range(10)');
  const count = async (rule: Rule) => {
    const { text, params } = printed(rule);
    return (await warehouse.rows(text, params))[0]![0];
  };
  expect(await count({ any: conditions })).toBe(10);
  expect(await count({ all: conditions })).toBe(0);
  expect(await count({ not: { all: conditions } })).toBe(10);
  expect(await count(deepest)).toBe(3);
  expect(await count({ all: lists })).toBe(6);
  await warehouse.close();
});

test.each<[Rule, RegExp]>([
  [
    { member: 'amuont', op: 'eq', value: 1 },
    /^segment\.invalid: \/rule\/member "amuont" is not known \(did you mean "amount"/,
  ],
  [{ all: [{ segment: 'stale' }] }, /^segment\.invalid: \/rule\/not\/value of the segment stale "x" is not a number/],
  [{ segment: 'odl' }, /^segment\.invalid: there is no segment "odl" \(did you mean "old"/],
  [{ segment: 'one' }, /^segment\.invalid: segments lead back to themselves: one -> two -> one/],
])('%j is refused when members and segments are others by now', (rule, message) => {
  const saved = definitionsOf({
    old: { member: 'since', op: 'isNull' },
    stale: { not: { member: 'amount', op: 'eq', value: 'x' } },
    one: { segment: 'two' },
    two: { not: { segment: 'one' } },
  });
  expect(() => ruleCondition(rule, TEST_MEMBERS, saved, duckdbDialect)).toThrow(message);
});
