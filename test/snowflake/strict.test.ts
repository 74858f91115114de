import { expect, test } from 'vitest';
import { FUNCTIONS, pageOf, TABLE_FUNCTIONS } from './sql/functions.ts';
import { checkStrictly } from './strict.ts';

test('the functions of a statement come with the addresses of their pages', () => {
  const text = `with f as (
  select q."region" as value, count(*) as row_count, sum(iff(q.n > 0, 1, 0)) over (partition by q.k order by q.n desc nulls last) as s
  from table(flatten(input => parse_json(?))) l
  left join (select "region", n, k from "customers") q on q.k = l.value::varchar
  group by q."region" -- the end
)
select f.value, cast(f.row_count as double) / nullif(f.s, 0) as share from f order by f.value asc nulls last limit ?`;
  const base = 'https://docs.snowflake.com/en/sql-reference/functions/';
  expect(checkStrictly(text)).toEqual(
    ['count', 'flatten', 'iff', 'nullif', 'parse_json', 'sum'].map((name) => ({
      name: name.toUpperCase(),
      page: `${base}${name}`,
    })),
  );
});

test.each([
  ['select 7 // 2', 'comment'],
  ['select [1, 2]', 'syntax error'],
  ["select {'a': 1}", 'syntax error'],
  ['select #1 from t', 'syntax error'],
  ['select count(*) filter (where a > 1) from t', 'syntax error'],
  ['select list_transform(a, x -> x + 1) from t', 'Unknown function LIST_TRANSFORM'],
  ['select unnest(cast(? as varchar[])) as id', 'Unknown function UNNEST'],
  ['select a from t order by all', 'syntax error'],
  ['select count(*) as rows from t', "unexpected 'rows'"],
  ['select t.order from t', "unexpected 'order'"],
  ['from t', 'syntax error'],
  ['select * from range(10)', 'syntax error'],
  ["select * from read_csv('x')", 'syntax error'],
  ["select strftime(a, '%Y') from t", 'Unknown function STRFTIME'],
  ['select epoch(a) from t', 'Unknown function EPOCH'],
  ['select a::hugeint from t', 'syntax error'],
  ['select sum(a) over w from t window w as (order by b)', 'syntax error'],
  ['insert into t (a) values (1) returning a', 'syntax error'],
  ['insert into t (a) values (1) on conflict do nothing', 'syntax error'],
  ['insert or replace into t values (1)', 'syntax error'],
  ["select a ->> '$.b' from t", 'syntax error'],
  ["select a + interval '1 day' from t", 'Unsupported'],
  ['select a from t sample (10 rows)', 'Unsupported'],
  ["select dateadd('fortnight', 1, a) from t", 'Unsupported'],
  ['select row_number() from t', 'Unsupported'],
  ['select listagg(a) over () from t', 'Unsupported'],
  ['select 1; select 2', 'syntax error'],
  ['select 1_000', 'syntax error'],
  ['select a is true from t', 'syntax error'],
  ["select 'open", 'syntax error'],
  ['pragma version', 'syntax error'],
  ['', 'syntax error'],
])('%s is refused', (text, problem) => {
  expect(() => checkStrictly(text)).toThrow(problem);
});

test('slashes within quotes and comments are no comment', () => {
  expect(checkStrictly(`select '//' as "//" -- //\n /* // */ from t`)).toEqual([]);
});

test('every function of the list has a page', () => {
  const names = [...Object.keys(FUNCTIONS), ...Object.keys(TABLE_FUNCTIONS)];
  expect(names.length).toBeGreaterThan(150);
  for (const name of names)
    expect(pageOf(name)).toMatch(/^https:\/\/docs\.snowflake\.com\/en\/sql-reference\/functions\/[a-z0-9_-]+$/);
  expect(pageOf('UNNEST')).toBeUndefined();
});
