import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  letrec,
  oneof,
  property,
  record,
  subarray,
  type Arbitrary,
} from '../../../test/fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coreCatalog } from '../../data/catalog/core-catalog.ts';
import { compile } from '../../data/sql/compile.ts';
import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';
import { sql } from '../../data/sql/sql.ts';
import { openTestWarehouse, type TestWarehouse } from '../../data/warehouse/duckdb/test-warehouse.ts';
import type { Value } from '../../data/warehouse/port.ts';
import { ruleCondition } from './condition.ts';
import type { Definitions } from './fold-rule.ts';
import type { MemberValues } from './holds.ts';
import { ruleProblems } from './rule-problems.ts';
import type { Condition, Rule } from './rule.ts';
import { definitionsOf, TEST_MEMBERS } from './test-members.ts';
import { compareKeys, keyOf } from './value-keys.ts';
import { membersIn, ruleTest, why } from './why.ts';

/** Values of each member, as rules write them and as rows have them. */
const POOLS = {
  name: [
    '',
    'a',
    'A',
    'ab',
    'Straße',
    'ÇELIK',
    'çelik',
    'Ω',
    'σ',
    'İx',
    'a%b',
    'a_b',
    'a^b',
    'a\\b',
    '\n',
    "o'hara",
    '😀',
    'z\u{10000}',
    'z\uffff',
    '10',
    '9',
  ],
  visits: ['0', '1', '2', '3', '-1', '9007199254740993', '-9007199254740993', '123456789012345678901234567890'],
  amount: [
    '0',
    '0.01',
    '-0.01',
    '0.1',
    '0.10',
    '100',
    '99.99',
    '100.01',
    '9999999999999.99',
    '-1234567890123.45',
    '0.0000000001',
    '12345678901234567890.1234567891',
  ],
  ratio: ['0', '0.1', '0.2', '0.30000000000000004', '0.3', '1', '-1.5', '1e300', '-1e-300', '5e-324', '0.8'],
  since: ['2024-02-29', '2024-03-01', '0001-01-01', '9999-12-31', '1969-12-31', '1970-01-01', '2023-12-31'],
  seen: [
    '2024-02-29',
    '2024-02-29T00:00:00Z',
    '2024-02-29 12:00:00.5',
    '2024-02-29T12:00:00.500000Z',
    '1969-12-31T23:59:59.999999Z',
    '9999-12-31T23:59:59Z',
  ],
  isLoyal: ['true', 'false'],
} as const;
const PATTERNS = [
  '%',
  '_',
  '',
  'a%',
  '%b',
  'a\\%b',
  'a\\_b',
  'a_b',
  'A^B',
  '%SS%',
  '%ß%',
  'çEL_K',
  'ω',
  'Σ',
  'i%',
  '\\\\',
  'a\\\\b',
  '%a%b%',
  '__',
  '😀',
  '\\a',
  'Z_',
  '%%_%%',
  "O'%",
];
type Name = keyof typeof POOLS;
const NAMES = Object.keys(POOLS) as Name[];
const ORDERED = ['gt', 'gte', 'lt', 'lte'] as const;

const condition: Arbitrary<Condition> = constantFrom(...NAMES).chain((member) => {
  const pool = POOLS[member];
  const ops = [
    'eq',
    'ne',
    'in',
    'isNull',
    ...(member === 'isLoyal' ? [] : ORDERED),
    ...(member === 'name' ? (['like'] as const) : []),
  ] as const;
  return constantFrom(...ops).chain((op): Arbitrary<Condition> => {
    if (op === 'isNull')
      return constantFrom<Condition>({ member, op }, { member, op, value: false }, { member, op, value: 'true' });
    if (op === 'like') return constantFrom(...PATTERNS).map((value) => ({ member, op, value }));
    if (op === 'in') return subarray([...pool], { minLength: 1 }).map((value) => ({ member, op, value }));
    return constantFrom(...pool).map((value) => ({ member, op, value }));
  });
});

const ruleOver = (segments: readonly string[]): Arbitrary<Rule> => {
  const leaf =
    segments.length === 0
      ? condition
      : oneof(
          { weight: 4, arbitrary: condition },
          { weight: 1, arbitrary: constantFrom(...segments).map((segment) => ({ segment })) },
        );
  return letrec<{ rule: Rule }>((tie) => ({
    rule: oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      array(tie('rule'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      array(tie('rule'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      tie('rule').map((not) => ({ not })),
    ),
  })).rule;
};
const world = record({ rule: ruleOver(['s0', 's1']), s1: ruleOver(['s0']), s0: ruleOver([]) }).map(
  ({ rule, s0, s1 }) => ({
    rule,
    segments: definitionsOf({ s0, s1 }),
  }),
);

const COLUMNS = {
  name: 'varchar',
  visits: 'hugeint',
  amount: 'decimal(38,10)',
  ratio: 'double',
  since: 'date',
  seen: 'timestamp',
  isLoyal: 'boolean',
} as const satisfies Record<Name, string>;
const ROWS = 150;

let warehouse: TestWarehouse;
let rows: readonly MemberValues[];
beforeAll(async () => {
  warehouse = await openTestWarehouse();
  const columns = NAMES.map((name) => `${name} ${COLUMNS[name]}`);
  await warehouse.script(`create table people (n integer, extra varchar, ${columns.join(', ')})`);
  // Every value of every pool, and nulls, at strides that bring them together in many ways.
  const cell = (name: Name, n: number, stride: number) =>
    [...POOLS[name], null, null][(n * stride) % (POOLS[name].length + 2)]!;
  const texts = Array.from({ length: ROWS }, (_, n) => NAMES.map((name, i) => cell(name, n, i + 1)));
  await warehouse.warehouse.write(warehouse.tenant, async (writer) => {
    for (const [n, values] of texts.entries())
      await writer.run(
        `insert into people select ${n}, null, ${NAMES.map((name) => `cast(? as ${COLUMNS[name]})`).join(', ')}`,
        values,
      );
    // What no rule can name: beyond the years of dates, and doubles that are no numbers.
    await writer.run(`insert into people (n, since, seen, ratio) values (${ROWS}, 'infinity', 'infinity', 'nan'),
      (${ROWS + 1}, '-infinity', '-infinity', 'infinity'), (${ROWS + 2}, '10000-01-01', '0044-03-15 (BC) 10:00:00', '-infinity'),
      (${ROWS + 3}, '0044-03-15 (BC)', '12024-01-01 00:00:00', 0)`);
  });
  const { columns: stored } = await warehouse.query(`select ${NAMES.join(', ')} from people order by n`);
  rows = Array.from({ length: ROWS + 4 }, (_, n) => Object.fromEntries(NAMES.map((name, i) => [name, stored[i]![n]!])));
});
afterAll(() => warehouse.close());

/** The rows for which the condition is true, as the warehouse sees it. */
async function membersInSql(rule: Rule, segments: Definitions): Promise<readonly number[]> {
  const where = ruleCondition(rule, TEST_MEMBERS, segments, duckdbDialect);
  const { text, params } = compile(sql`select q.n from people q where ${where} order by q.n nulls last`, {
    dialect: duckdbDialect,
    catalog: coreCatalog(duckdbDialect),
    tenant: warehouse.tenant,
    isolation: 'database',
  });
  return (await warehouse.rows(text, params)).map(([n]) => n as number);
}

const holds = (rule: Rule, values: MemberValues, segments: Definitions) => why(rule, values, TEST_MEMBERS, segments);
function membersInCode(rule: Rule, segments: Definitions): readonly number[] {
  const isIn = ruleTest(rule, TEST_MEMBERS, segments);
  return rows.flatMap((values, n) => (isIn(values) ? [n] : []));
}

describe('a rule says the same in SQL and in code', () => {
  test('for random rules', async () => {
    const check = asyncProperty(world, async ({ rule, segments }) => {
      expect(ruleProblems(rule, { members: TEST_MEMBERS, segments })).toEqual([]);
      expect(membersInCode(rule, segments)).toEqual(await membersInSql(rule, segments));
    });
    await assert(check, { numRuns: 250 });
  });

  test('for every condition on every value', async () => {
    const all = NAMES.flatMap((member) => {
      const ops = ['eq', 'ne', ...(member === 'isLoyal' ? [] : ORDERED)] as const;
      return POOLS[member].flatMap((value) => ops.map((op): Condition => ({ member, op, value })));
    });
    const rules: readonly Rule[] = [
      ...all,
      ...PATTERNS.map((value): Condition => ({ member: 'name', op: 'like', value })),
    ];
    const none = definitionsOf({});
    for (const rule of rules) expect([rule, membersInCode(rule, none)]).toEqual([rule, await membersInSql(rule, none)]);
  });

  test('"not" is everybody else, whatever is missing', async () => {
    const check = asyncProperty(world, async ({ rule, segments }) => {
      const [inside, outside] = [await membersInSql(rule, segments), await membersInSql({ not: rule }, segments)];
      expect([...inside, ...outside].toSorted((a, b) => a - b)).toEqual(rows.map((_, n) => n));
    });
    await assert(check, { numRuns: 100 });
  });
});

describe('the smallest change of one measure', () => {
  const sampled = record({ world, place: constantFrom(...Array.from({ length: ROWS + 4 }, (_, n) => n)) });

  test('turns membership over, and is a value that the measure can have', () => {
    let found = 0;
    const check = property(sampled, ({ world: { rule, segments }, place }) => {
      const values = rows[place]!;
      const { isMember, change } = holds(rule, values, segments);
      if (change === null) return;
      found += 1;
      expect(change.from).toBe(values[change.member]);
      expect(Number.isFinite(change.relativeChange) && change.relativeChange >= 0).toBe(true);
      expect(holds(rule, { ...values, [change.member]: change.to }, segments).isMember).toBe(!isMember);
      if (change.member === 'visits') expect(Number(change.to)).toBeGreaterThanOrEqual(0);
    });
    assert(check, { numRuns: 2000 });
    expect(found).toBeGreaterThan(200);
  });

  test('is the nearest value, and null only where no value turns it over', () => {
    const small = (rule: Rule): boolean =>
      membersIn(rule, TEST_MEMBERS, definitionsOf({})).every(({ field }) => field === 'visits');
    const visits = constantFrom('0', '1', '2', '3', '4', '5', '6', '7');
    const leaf = record({
      member: constantFrom('visits'),
      op: constantFrom('eq', 'ne', ...ORDERED),
      value: visits,
    }) as Arbitrary<Condition>;
    const rules = letrec<{ rule: Rule }>((tie) => ({
      rule: oneof(
        { depthSize: 'small' },
        leaf,
        array(tie('rule'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        array(tie('rule'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
        tie('rule').map((not) => ({ not })),
      ),
    })).rule;
    const none = definitionsOf({});
    const check = property(rules, visits, (rule, text) => {
      expect(small(rule)).toBe(true);
      const from = Number(text);
      const { isMember, change } = holds(rule, { visits: from }, none);
      const turning = Array.from({ length: 12 }, (_, to) => to).filter(
        (to) => holds(rule, { visits: to }, none).isMember !== isMember,
      );
      const nearest = turning.toSorted((a, b) => Math.abs(a - from) - Math.abs(b - from) || a - b)[0];
      expect(change?.to).toBe(nearest);
    });
    assert(check, { numRuns: 500 });
  });
});

test('keys are in the order of the warehouse', async () => {
  for (const name of NAMES) {
    const { type } = TEST_MEMBERS.get(name)!;
    const kept = type === 'double' ? `${name} is not null and isfinite(${name})` : `${name} is not null`;
    const sorted = await warehouse.rows(`select ${name} from people where ${kept} order by ${name}`);
    const keys = sorted.map(([value]) => keyOf(type, value as Value)!);
    expect([name, keys.length > 50, keys.toSorted(compareKeys)]).toEqual([name, true, keys]);
  }
});
