import { afterAll, beforeAll, expect, test } from 'vitest';
import { driver, failureOf } from './driver.ts';
import { openStandIn, type StandIn } from './stand-in.ts';

let standIn: StandIn;
const connection = () =>
  driver.createConnection({
    account: 'STANDIN',
    accessUrl: standIn.url,
    username: 'tester',
    password: 'secret',
    database: 'DEMO',
    schema: 'PUBLIC',
    warehouse: 'COMPUTE_WH',
  });
let session: ReturnType<typeof connection>;

beforeAll(async () => {
  standIn = await openStandIn();
  session = connection();
  await new Promise<void>((resolve, reject) => void session.connect((error) => (error ? reject(error) : resolve())));
  await answer('create table sales (region varchar, day date, amount number(10,2), tags variant)');
  await answer(`insert into sales select v.region, v.day::date, v.amount, parse_json(v.tags) from (values
    ('north', '2024-01-31', 10, '["a","b"]'), ('north', '2024-02-29', 30, '[]'), ('south', '2024-03-01', null, '["c"]'), (null, '2024-12-30', 5.25, null)) v(region, day, amount, tags)`);
});
afterAll(async () => {
  await new Promise<void>((resolve) => session.destroy(() => resolve()));
  await standIn.close();
});

function answer(sqlText: string): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    session.execute({
      sqlText,
      rowMode: 'array',
      fetchAsString: ['Number', 'Date', 'JSON'],
      complete: (error, _, rows) => (error ? reject(error) : resolve((rows ?? []) as unknown as unknown[][])),
    });
  });
}

/** Values as Snowflake's documentation has them, or as follows from it. */
test.each([
  ["dateadd('month', 1, '2024-01-31'::date)", '2024-02-29'],
  ["dateadd(day, -1, timestamp '2024-03-01 10:00:00')", '2024-02-29 10:00:00.000'],
  ["datediff('week', '2024-01-06'::date, '2024-01-08'::date)", '1'],
  ["datediff(month, '2024-01-31'::date, '2024-02-01'::date)", '1'],
  ["timestampdiff('hour', timestamp '2024-01-01 00:59:59', timestamp '2024-01-03 01:00:00')", '49'],
  ["date_trunc('month', '2024-02-29'::date)", '2024-02-01'],
  ["date_trunc('week', '2024-02-29'::date)", '2024-02-26'],
  ["add_months('2024-02-29'::date, 1)", '2024-03-31'],
  ["last_day('2024-02-10'::date)", '2024-02-29'],
  ['date_from_parts(2024, 14, 0)', '2025-01-31'],
  ["dayofweekiso('2024-03-03'::date) || '/' || dayofweek('2024-03-03'::date)", '7/0'],
  ["weekiso('2024-12-30'::date) || '/' || yearofweekiso('2024-12-30'::date)", '1/2025'],
  ["monthname('2024-02-29'::date) || dayname('2024-02-29'::date)", 'FebThu'],
  ["extract(year from '2024-02-29'::date) + quarter('2024-02-29'::date)", '2025'],
  ["date_part(epoch_second, timestamp '1970-01-02 00:00:01')", '86401'],
  ["to_char(timestamp '2024-02-29 13:04:05.678', 'YYYY-MM-DD HH24:MI:SS.FF3')", '2024-02-29 13:04:05.678'],
  ["to_date('29.02.2024', 'DD.MM.YYYY')", '2024-02-29'],
  ["try_to_date('x') is null", true],
  ['to_timestamp_ntz(86400)', '1970-01-02 00:00:00.000'],
  ["'2024-02-29'::date + 1 - '2024-02-01'::date", '29'],
  ['1 / 4', '0.25'],
  ['div0(1, 0)', '0'],
  ['div0(null, 0) is null', true],
  ['mod(7, 3) + 7 % 4', '4'],
  ['greatest(1, null) is null', true],
  ['width_bucket(2.5, 0, 10, 4)', '2'],
  ['2.5::number', '3'],
  ["try_to_number('x') is null", true],
  ["to_number('12.345', 10, 2)", '12.35'],
  ['1.0::double::varchar', '1'],
  ["'a' || 1 || true", 'a1true'],
  ["concat('a', null) is null", true],
  ["iff(1 > 2, 'yes', nvl(null, 'no'))", 'no'],
  ["case 2 when 1 then 'a' when 2 then 'b' else 'c' end", 'b'],
  ["regexp_like('abc', 'b') or 'abc' rlike 'a.*'", true],
  ["regexp_replace('a1b2', '[0-9]', '#')", 'a#b#'],
  ["contains('abc', 'b') and startswith('abc', 'a') and 'aBc' ilike any ('x', 'abC')", true],
  ["left('abc', 2) || right('abc', 1) || substr('abc', 2, 1) || split_part('a-b', '-', 2)", 'abcbb'],
  ["sha2('a')", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  [String.raw`'it''s \'quoted\' \\ \n' || $$raw \n$$`, "it's 'quoted' \\ \nraw \\n"],
  ['parse_json(\'{"a":{"b":[1,"x"]}}\'):a.b[1]::varchar', 'x'],
  ["parse_json('[null]')[0]::varchar is null", true],
  ["object_construct('a', 1, 'b', null)", '{"a":1}'],
  ["array_size(parse_json('[1,2]'))", '2'],
  ['equal_null(null, null) and (null is not distinct from null)', true],
  ['2 between 1 and 3 and 4 not in (1, 2) and not 1 = 2', true],
  ['(select count(*) from sales s where exists (select 1 from sales t where t.day > s.day))', '3'],
])('%s is %j', async (expression, expected) => {
  expect(await answer(`select ${expression} as x`)).toEqual([[expected]]);
});

test.each([
  [
    'select region, sum(amount) s, count(amount) n from sales group by region order by s desc',
    [
      ['south', 'NULL', '0'],
      ['north', '40.00', '2'],
      [null, '5.25', '1'],
    ],
  ],
  [
    "select listagg(region, ',') within group (order by day desc), listagg(region) from sales where region is null",
    [['', '']],
  ],
  [
    'select median(amount), percentile_cont(0.25) within group (order by amount desc), avg(cast(amount as double)) from sales',
    [['10.00', '20.00', '15.083333333333334']],
  ],
  [
    'select s.region, f.index, f.value::varchar v from sales s, lateral flatten(input => s.tags) f order by v',
    [
      ['north', '0', 'a'],
      ['north', '1', 'b'],
      ['south', '0', 'c'],
    ],
  ],
  [
    'select array_agg(region) within group (order by day) a, object_agg(region, 1) is not null from sales where region is not null',
    [['["north","north","south"]', true]],
  ],
  [
    'select region, grouping(region) g, count(*) n from sales group by rollup(region) order by g, region nulls first',
    [
      [null, '0', '1'],
      ['north', '0', '2'],
      ['south', '0', '1'],
      [null, '1', '4'],
    ],
  ],
  [
    'select day, sum(amount) over (order by day rows between 1 preceding and current row) s from sales qualify row_number() over (order by day desc) <= 2 order by day',
    [
      ['2024-03-01', '30.00'],
      ['2024-12-30', '5.25'],
    ],
  ],
  [
    'select day, last_value(amount) ignore nulls over (order by day) v, lag(amount, 1, 0) over (order by day) l from sales order by day limit 2 offset 2',
    [
      ['2024-03-01', '30.00', '30.00'],
      ['2024-12-30', '5.25', 'NULL'],
    ],
  ],
  [
    "select sum(amount) over (order by day range between interval '31 days' preceding and current row) s from sales order by day limit 2",
    [['10.00'], ['40.00']],
  ],
  ["select ratio_to_report(amount) over () r from sales where region = 'north' order by r", [['0.25'], ['0.75']]],
  ['with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select sum(i) from n', [['6']]],
  [
    "select dateadd(day, row_number() over (order by seq4()) - 1, '2024-02-28'::date) d from table(generator(rowcount => 3)) order by d",
    [['2024-02-28'], ['2024-02-29'], ['2024-03-01']],
  ],
  [
    'select max_by(region, amount), min_by(day, amount), count_if(amount > 5), approx_count_distinct(region) from sales',
    [['north', '2024-12-30', '3', '2']],
  ],
  [
    "select a.x, b.y from (values (1), (2)) a(x) left join (values (2, 'b')) b(x, y) using (x) order by 1",
    [
      ['1', null],
      ['2', 'b'],
    ],
  ],
  [
    'select x from (values (1), (2), (3)) a(x) except select 2 union all (select 9 order by 1) order by 1 fetch first 2 rows only',
    [['1'], ['3']],
  ],
  ["select * exclude (tags, amount) from sales where region = 'south'", [['south', '2024-03-01']]],
  ['select count(distinct region), any_value(1), skew(x) from sales, (select 1 as x) group by all', undefined],
])('%s', async (text, expected) => {
  const rows = await answer(text);
  if (expected === undefined) expect(rows).toHaveLength(1);
  else expect(rows).toEqual(expected);
});

test.each([
  ['select nothing from sales', '000904', '42000'],
  ['select * from nowhere', '002003', '42S02'],
  ['select * from demo.nowhere.t', '002003', '42S02'],
  ['select no_such_function(1)', '002140', '42601'],
  ['selec 1', '001003', '42000'],
  ['select 1 / 0', '100051', '22012'],
  ["select 'x'::number", '100038', '22018'],
  ["select 'x'::date", '100040', '22007'],
  ['select 1; select 2', '001003', '42000'],
  ['create function f() returns int as $$1$$', '000002', '0A000'],
  ["select to_char(day, 'YYYY-Q') from sales", '000002', '0A000'],
])('%s is %s', async (text, code, sqlState) => {
  expect(await failureOf(answer(text))).toMatchObject({ code, sqlState });
});
