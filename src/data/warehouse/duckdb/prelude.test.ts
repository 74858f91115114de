import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRELUDE_NAMES } from './prelude.ts';
import { openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await openTestWarehouse();
});
afterAll(() => db.close());

/** An expression of each name, and what Snowflake answers to it. */
const ANSWERS: readonly (readonly [string, unknown])[] = [
  ['iff(1 < 2, 10, 20)', 10],
  ['iff(null, 10, 20)', 20],
  ['nvl(null, 7)', 7],
  ['nvl(5, 7)', 5],
  ["nvl2(1, 'there', 'absent')", 'there'],
  ["nvl2(null, 'there', 'absent')", 'absent'],
  ['zeroifnull(null)', 0],
  ['zeroifnull(3)', 3],
  ['nullifzero(0)', null],
  ['nullifzero(4)', 4],
  ['div0(6, 4)', 1.5],
  ['div0(6, 0)', 0],
  ['div0(null, 0)', null],
  ['div0(6, null)', null],
  ['div0null(6, null)', 0],
  ['div0null(6, 0)', 0],
  ['div0null(null, null)', null],
  ['equal_null(null, null)', true],
  ['equal_null(1, null)', false],
  ['square(-3)', 9],
  ['width_bucket(5.35, 0.024, 10.06, 5)', 3],
  ['width_bucket(-1, 0, 10, 5)', 0],
  ['width_bucket(10, 0, 10, 5)', 6],
  ['width_bucket(0, 0, 10, 5)', 1],
  ['bitand(12, 10)', 8],
  ['bitmap_count(bitmap_bit_position(63))', 1],
  ['(select bitmap_count(bitmap_construct_agg(bitmap_bit_position(n))) from (values (1), (63), (null), (63)) t(n))', 2],
  ['(select bitmap_count(bitmap_construct_agg(bitmap_bit_position(n))) from (values (null)) t(n))', null],
  ["dateadd('day', 3, date '2024-02-27')", '2024-03-01'],
  ["dateadd('day', -1, date '2024-03-01')", '2024-02-29'],
  ["dateadd('week', 2, date '2024-01-01')", '2024-01-15'],
  ["dateadd('month', 1, date '2024-01-31')", '2024-02-29'],
  ["dateadd('quarter', 1, date '2024-01-31')", '2024-04-30'],
  ["dateadd('year', 1, date '2024-02-29')", '2025-02-28'],
  ["dateadd('day', cast(2 as bigint), date '2024-01-01')", '2024-01-03'],
  ["dateadd('day', null, date '2024-01-01')", null],
  ["dateadd('day', 1, timestamp '2024-01-01 10:00:00')", '2024-01-02T10:00:00Z'],
  ["dateadd('hour', 5, timestamp '2024-01-01 20:00:00')", '2024-01-02T01:00:00Z'],
  ["timestampdiff('day', date '2024-01-01', date '2024-03-01')", 60],
  ["timestampdiff('month', date '2024-01-31', date '2024-02-01')", 1],
  ["timestampdiff('week', date '2024-01-07', date '2024-01-08')", 1],
  ["timestampdiff('week', date '2024-01-01', date '2024-01-07')", 0],
  ["timestampdiff('week', date '2024-01-08', date '2024-01-07')", -1],
  ["add_months(date '2024-02-29', 1)", '2024-03-31'],
  ["add_months(date '2024-01-31', 1)", '2024-02-29'],
  ["add_months(date '2024-01-15', -2)", '2023-11-15'],
  ["add_months(timestamp '2024-02-29 10:30:00', 1)", '2024-03-31T10:30:00Z'],
  ["add_months(timestamp '2024-02-10 10:30:00', 1)", '2024-03-10T10:30:00Z'],
  ['date_from_parts(2024, 2, 29)', '2024-02-29'],
  ['date_from_parts(2024, 13, 1)', '2025-01-01'],
  ['date_from_parts(2024, 3, 0)', '2024-02-29'],
  ["dayofweekiso(date '2024-01-07')", 7],
  ["weekiso(date '2021-01-03')", 53],
  ["monthname(date '2024-05-01')", 'May'],
  ["dayname(date '2024-01-07')", 'Sun'],
  ["regexp_like('abc', 'a.c')", true],
  ["regexp_like('xabc', 'a.c')", false],
  ["startswith('abc', 'ab')", true],
  ["endswith('abc', 'bc')", true],
  ['array_size([1, 2, 3])', 3],
  ["sha2('a')", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  ["sha2('a', 256)", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  ["cast('2024-01-01 10:00:00' as timestamp_ntz)", '2024-01-01T10:00:00Z'],
  ["cast('2024-01-01 10:00:00+02' as timestamp_ltz)", '2024-01-01T08:00:00Z'],
];
const AGGREGATES: readonly (readonly [string, unknown])[] = [
  ['skew(x)', 1.2933427807333946],
  ['boolor_agg(x > 4)', true],
  ['booland_agg(x > 4)', false],
  ['approx_percentile(x, 0.5)', 2],
  ['hll(x)', 3],
];

describe('prelude', () => {
  it.each(ANSWERS)('%s', async (expression, expected) => {
    const [[value]] = (await db.rows(`select ${expression}`)) as [[unknown]];
    if (typeof expected === 'number') expect(value).toBeCloseTo(expected, 12);
    else expect(value).toBe(expected);
  });

  it.each(AGGREGATES)('%s, also as a window', async (expression, expected) => {
    const [row] = await db.rows(`
      select ${expression}, (select max(w) from (select ${expression} over () as w from (values (1), (2), (5)) t(x)))
      from (values (1), (2), (5)) t(x)`);
    expect(row).toEqual([expected, expected]);
  });

  it('tests every name', () => {
    const tested = [...ANSWERS, ...AGGREGATES].map(([expression]) => expression).join(' ');
    expect(PRELUDE_NAMES.filter((name) => !new RegExp(`\\b${name}\\b`).test(tested))).toEqual([]);
  });

  it('refuses what would be answered wrongly', async () => {
    const causes = [
      "dateadd('hour', 1, date '2024-01-01')",
      "sha2('a', 512)",
      "dateadd('lustrum', 1, date '2024-01-01')",
    ];
    for (const expression of causes) {
      await expect(db.query(`select ${expression}`)).rejects.toMatchObject({ code: 'warehouse.failed' });
    }
  });

  it('keeps the dates of a table as a condition that can be looked up', async () => {
    await db.script(
      "create table days as select date '2024-01-01' + cast(i // 1000 as integer) as d from range(100000) t(i)",
    );
    const [[, plan]] = (await db.rows(
      "explain select count(*) from days where d >= dateadd('day', -7, date '2024-03-01')",
    )) as [[string, string]];
    expect(plan).toContain("d>='2024-02-23'::DATE");
  });

  it('is there on every connection, in both lanes and for the writer', async () => {
    const answers = await Promise.all(
      [...Array(6).keys()].map((i) => db.rows('select iff(true, 1, 2)', [], { lane: i % 2 === 0 ? 'fast' : 'heavy' })),
    );
    expect(answers.flat(2)).toEqual([1, 1, 1, 1, 1, 1]);
    await db.warehouse.write(db.tenant, async (writer) => {
      expect((await writer.query('select iff(true, 1, 2)')).columns).toEqual([[1]]);
    });
  });
});
