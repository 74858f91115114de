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
  ["time_slice(timestamp '2024-02-29 13:07:00', 15, 'minute')", '2024-02-29 13:00:00.000'],
  ["timestampadd('minute', 5, timestamp '2024-02-29 13:07:00')", '2024-02-29 13:12:00.000'],
  ["month('2024-02-29'::date) * 100 + day('2024-02-29'::date) + dayofyear('2024-02-29'::date)", '289'],
  [
    "hour(timestamp '2024-02-29 13:07:09') + minute(timestamp '2024-02-29 13:07:09') + second(timestamp '2024-02-29 13:07:09')",
    '29',
  ],
  ["date_part('dayofweekiso', '2024-03-03'::date)", '7'],
  ["date_part(year, '2024-03-03'::date) + year('2024-03-03'::date)", '4048'],
  ["try_to_date('29.02.2023', 'DD.MM.YYYY') is null", true],
  ["try_to_timestamp('x') is null and try_to_timestamp('x', 'YYYY') is null", true],
  ["to_timestamp('2024-02-29 01:02:03', 'YYYY-MM-DD HH24:MI:SS')", '2024-02-29 01:02:03.000'],
  ["to_date('2024-02-29')", '2024-02-29'],
  [`to_varchar('2024-02-29'::date) || to_char('2024-02-29'::date, 'MON"x"DY')`, '2024-02-29FebxThu'],
  ['1 / 4', '0.25'],
  ['div0null(1, null) + zeroifnull(null) + nvl2(null, 1, 2) + square(3)', '11'],
  ['nullifzero(0) is null and nvl(null, true)', true],
  ['bitand(6, 3) + abs(-1) + sign(-5) + floor(1.5) + ceil(1.5)', '5'],
  ['round(log(2, 8)) + round(ln(exp(1))) + power(2, 3) + sqrt(9)', '15'],
  ['trunc(1.9) + round(1.55, 1)', '2.6'],
  ["to_double('1.5') + try_to_double('x') is null", true],
  ["to_boolean('true') and try_to_boolean('x') is null", true],
  ["try_to_decimal('1.25', 5, 1)", '1.3'],
  ["len('abc') + length('é') + charindex('b', 'abc') + position('c', 'abc')", '9'],
  ["endswith('abc', 'c') and 'abc' regexp 'a.c' and not 'a' like 'b'", true],
  [
    "regexp_substr('a1b22', '[0-9]+') || regexp_count('a1b22', '[0-9]') || regexp_instr('ab1', '[0-9]') || regexp_instr('ab', '[0-9]')",
    '1330',
  ],
  ["'50%' like '50!%' escape '!'", true],
  ["trim('  a ') || lpad('1', 2, '0') || reverse('ab') || repeat('x', 2) || concat_ws('-', 'a', 'b')", 'a01baxxa-b'],
  ["array_size(array_construct(1, 'a')) || to_json(to_variant('x'))", '2"x"'],
  ["get(parse_json('{\"k\":5}'), 'k')::number + parse_json('{\"k\":5}')['k']::number", '10'],
  ["try_parse_json('{') is null and parse_json('[7]')[1 - 1]::number = 7", true],
  [
    "concat_ws('-', 'a', null) is null and pi() > 3 and hour(current_timestamp) >= 0 and current_date() is not null",
    true,
  ],
  ["cast('1.25' as number(5, 1)) + try_cast('x' as number) is null", true],
  ["cast('2024-02-29 10:00:00' as timestamp_ntz)::date", '2024-02-29'],
  ['(1, 2) = (1, 2)', true],
  [
    'current_schema() || current_account() || current_region() || (current_session() is not null)',
    'PUBLICSTANDINSTAND_INtrue',
  ],
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
    'select max_by(region, amount), min_by(region, amount) is null, count_if(amount > 5), approx_count_distinct(region) from sales',
    [['north', true, '3', '2']],
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
  [
    'select region, day, count(*) n from sales group by grouping sets ((region), (region, day), ()) having count(*) > 1 order by n',
    [
      ['north', 'NULL', '2'],
      [null, 'NULL', '4'],
    ],
  ],
  ['select region, count(*) n from sales group by cube(region) order by n desc limit 1', [[null, '4']]],
  ['select top 1 day from sales order by day', [['2024-01-31']]],
  [
    'select (select max(s.day) from sales s) d from sales full outer join (select 1 as one) o on true limit 1 offset 1',
    [['2024-12-30']],
  ],
  [
    'select percentile_disc(0.5) within group (order by amount) p, approx_percentile(cast(amount as double), 0.5) is not null a, hll(region) h from sales',
    [['10.00', true, '2']],
  ],
  [
    'select boolor_agg(amount > 20) a, booland_agg(amount > 20) b, stddev(cast(amount as double)) > 0 c, first_value(1) over (order by 1) d from sales',
    [[true, false, true, '1']],
  ],
  [
    'select count(*) from sales where day in (select day from sales intersect select day from sales) and (region, 1) in (select region, 1 from sales)',
    [['3']],
  ],
  [
    'select s.* exclude tags, 1 as one from sales s where s.amount between 5 and 6',
    [[null, '2024-12-30', '5.25', '1']],
  ],
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
  ["select dateadd(hour, 1, '2024-01-01'::date)", '000603', 'XX000'],
  ['select mod(1, 0)', '100051', '22012'],
  ['select 999::number(2, 0)', '100039', '22003'],
  ['select to_char(day, region) from sales', '000002', '0A000'],
  ["select sha2('a', 512)", '000002', '0A000'],
  ['select round()', '001065', '22023'],
  ['select iff(true)', '000002', '0A000'],
  ['select sum(a) within group (order by a) from sales', '001003', '42000'],
  ['select system$last_change_commit_time(region) from sales', '000002', '0A000'],
  ["select system$last_change_commit_time('1 2')", '002003', '42S02'],
  ['select $1', '001003', '42000'],
  ['select a.b(1)', '000002', '0A000'],
  ['select * from table(flatten(input => 1, outer => true))', '000002', '0A000'],
  ['select * from table(result_scan(1))', '000002', '0A000'],
  ['alter table sales cluster by (day)', '000002', '0A000'],
  ['drop table nowhere', '002003', '42S02'],
  ['create function f() returns int as $$1$$', '000002', '0A000'],
  ["select to_char(day, 'YYYY-Q') from sales", '000002', '0A000'],
])('%s is %s', async (text, code, sqlState) => {
  expect(await failureOf(answer(text))).toMatchObject({ code, sqlState });
});
