/**
 * Snowflake's functions under Snowflake's names, so that a statement is written once. They are temporary macros, which
 * every connection makes for itself (12 ms): nothing is stored in the user's file, which may be read only. A temporary
 * macro goes before a built-in function of its name; only monthname and dayname do that, and mean the short names.
 *
 * Not to be had this way: LISTAGG and ARRAY_AGG WITHIN GROUP, LIKE ANY, SAMPLE (n), RATIO_TO_REPORT.
 */
const MACROS: Readonly<Record<string, string>> = {
  iff: '(condition, yes, no) as case when condition then yes else no end',
  nvl: '(a, b) as coalesce(a, b)',
  nvl2: '(a, present, absent) as case when a is not null then present else absent end',
  zeroifnull: '(a) as coalesce(a, 0)',
  nullifzero: '(a) as nullif(a, 0)',
  div0: '(a, b) as case when a is null then null when b = 0 then 0 else a / b end',
  div0null: '(a, b) as case when a is null then null when coalesce(b, 0) = 0 then 0 else a / b end',
  equal_null: '(a, b) as a is not distinct from b',
  square: '(a) as a * a',
  width_bucket:
    '(x, low, high, n) as case when x < low then 0 when x >= high then n + 1 else cast(floor((x - low) * n / (high - low)) as bigint) + 1 end',
  // A bitmap has 63 bits here, and 32768 there.
  bitmap_bit_position: '(n) as cast(1 as bigint) << cast(n - 1 as integer)',
  bitmap_construct_agg: '(place) as bit_or(place)',
  bitmap_count: '(places) as bit_count(places)',
  bitand: '(a, b) as a & b',

  dateadd: `
    (part, n, d date) as cast(case when date_trunc(part, timestamp '2000-01-01 01:01:01.001001') > timestamp '2000-01-01'
      then error('dateadd of ' || part || ' needs a timestamp') else d + n * cast('1 ' || part as interval) end as date),
    (part, n, d timestamp) as d + n * cast('1 ' || part as interval)`,
  timestampdiff: `(part, a, b) as case when lower(part) = 'week'
    then date_diff('day', date_trunc('week', a), date_trunc('week', b)) // 7 else date_diff(part, a, b) end`,
  add_months: `
    (d date, n) as cast(case when d = last_day(d) then last_day(d + to_months(cast(n as integer)))
      else d + to_months(cast(n as integer)) end as date),
    (d timestamp, n) as case when cast(d as date) = last_day(d)
      then last_day(d + to_months(cast(n as integer))) + (d - date_trunc('day', d)) else d + to_months(cast(n as integer)) end`,
  date_from_parts:
    '(y, m, d) as cast(make_date(y, 1, 1) + to_months(cast(m as integer) - 1) + to_days(cast(d as integer) - 1) as date)',
  dayofweekiso: '(d) as isodow(d)',
  weekiso: '(d) as week(d)',
  monthname: "(d) as strftime(d, '%b')",
  dayname: "(d) as strftime(d, '%a')",

  skew: '(x) as skewness(x)',
  boolor_agg: '(x) as bool_or(cast(x as boolean))',
  booland_agg: '(x) as bool_and(cast(x as boolean))',
  approx_percentile: '(x, p) as approx_quantile(x, p)',
  hll: '(x) as approx_count_distinct(x)',

  regexp_like: '(s, pattern) as regexp_full_match(s, pattern)',
  startswith: '(s, prefix) as starts_with(s, prefix)',
  endswith: '(s, suffix) as ends_with(s, suffix)',
  array_size: '(a) as len(a)',
  sha2: "(s) as sha256(s), (s, bits) as case bits when 256 then sha256(s) else error('sha2 is made with 256 bits only') end",
};

const TYPES: Readonly<Record<string, string>> = { timestamp_ntz: 'timestamp', timestamp_ltz: 'timestamptz' };

/** Names of the macros and types, for tests and docs. */
export const PRELUDE_NAMES: readonly string[] = [...Object.keys(MACROS), ...Object.keys(TYPES)];

/** The statements that make them on one connection. */
export const PRELUDE: string = [
  'begin transaction',
  ...Object.entries(MACROS).map(([name, definition]) => `create or replace temp macro ${name}${definition}`),
  ...Object.entries(TYPES).map(([name, type]) => `create temp type ${name} as ${type}`),
  'commit',
].join(';\n');
