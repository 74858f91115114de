import { type Functions, type Known, named, spelled } from './known.ts';
import { duckdbFormat } from './formats.ts';

const UNITS = new Set(
  'year quarter month week day hour minute second millisecond microsecond dayofweek dayofweekiso weekiso dayofyear epoch_second'.split(
    ' ',
  ),
);

/** A function whose first argument is a unit of time, which is checked. */
function ofUnit(page: string, args: readonly [number, number], spell: (...list: string[]) => string): Known {
  return {
    page,
    args,
    unit: 0,
    emit: (list, { source }) => {
      if (!UNITS.has(list[0]!.slice(1, -1))) source.refuse(`unit ${list[0]}`);
      return spell(...list);
    },
  };
}

/** DuckDB's names of the parts that have others there. */
const PARTS: Readonly<Record<string, string>> = {
  dayofweekiso: 'isodow',
  weekiso: 'week',
  dayofyear: 'doy',
  dayofweek: 'dow',
};

/** A part of a date; the unit is a quoted text. */
export function datePart(unit: string, value: string): string {
  const name = unit.slice(1, -1);
  return name === 'epoch_second' ? `cast(epoch(${value}) as bigint)` : `date_part('${PARTS[name] ?? name}', ${value})`;
}

const part = (page: string, spell: (value: string) => string) => spelled(page, [1, 1], (value) => spell(value!));
const DATEADD = ofUnit('dateadd', [3, 3], (unit, n, value) => `sf_dateadd(${unit}, ${n}, ${value})`);
const DATEDIFF = ofUnit('datediff', [3, 3], (unit, from, to) => `sf_datediff(${unit}, ${from}, ${to})`);

/** To a text or from one, with a format that must be a literal. */
function formatted(
  page: string,
  plain: (value: string) => string,
  shaped: (value: string, format: string) => string,
): Known {
  return {
    page,
    args: [1, 2],
    emit: ([value, format], { words, source }) => {
      if (format === undefined) return plain(value!);
      const word = words[1];
      if (word === undefined || !format.startsWith("'")) source.refuse(`${page} with a format that is no literal`);
      return shaped(value!, duckdbFormat(word ?? '', source));
    },
  };
}

const TO_CHAR = formatted(
  'to_char',
  (value) => `sf_to_varchar(${value})`,
  (value, format) => `strftime(${value}, ${format})`,
);
const TO_TIMESTAMP = formatted(
  'to_timestamp',
  (value) => `sf_to_timestamp(${value})`,
  (value, format) => `strptime(${value}, ${format})`,
);

export const DATES: Functions = {
  DATEADD,
  TIMESTAMPADD: { ...DATEADD, page: 'timestampadd' },
  DATEDIFF,
  TIMESTAMPDIFF: { ...DATEDIFF, page: 'timestampdiff' },
  DATE_TRUNC: ofUnit('date_trunc', [2, 2], (unit, value) => `sf_date_trunc(${unit}, ${value})`),
  DATE_PART: ofUnit('date_part', [2, 2], datePart),
  TIME_SLICE: spelled(
    'time_slice',
    [3, 3],
    (value, n, unit) => `time_bucket(${n} * cast('1 ' || ${unit} as interval), ${value})`,
  ),
  LAST_DAY: named('last_day', 'last_day', [1, 1]),
  ADD_MONTHS: spelled('add_months', [2, 2], (value, n) => `sf_add_months(${value}, ${n})`),
  DATE_FROM_PARTS: spelled(
    'date_from_parts',
    [3, 3],
    (y, m, d) =>
      `cast(make_date(${y}, 1, 1) + to_months(cast(${m} as integer) - 1) + to_days(cast(${d} as integer) - 1) as date)`,
  ),
  YEAR: part('year', (value) => `year(${value})`),
  QUARTER: part('year', (value) => `quarter(${value})`),
  MONTH: part('year', (value) => `month(${value})`),
  DAY: part('year', (value) => `day(${value})`),
  DAYOFYEAR: part('year', (value) => `dayofyear(${value})`),
  DAYOFWEEK: part('year', (value) => `dayofweek(${value})`),
  DAYOFWEEKISO: part('year', (value) => `isodow(${value})`),
  WEEKISO: part('year', (value) => `week(${value})`),
  YEAROFWEEKISO: part('year', (value) => `isoyear(${value})`),
  HOUR: part('hour-minute-second', (value) => `hour(${value})`),
  MINUTE: part('hour-minute-second', (value) => `minute(${value})`),
  SECOND: part('hour-minute-second', (value) => `second(${value})`),
  MONTHNAME: part('monthname', (value) => `strftime(${value}, '%b')`),
  DAYNAME: part('dayname', (value) => `strftime(${value}, '%a')`),
  TO_CHAR,
  TO_VARCHAR: TO_CHAR,
  TO_DATE: formatted(
    'to_date',
    (value) => `cast(${value} as date)`,
    (value, format) => `cast(strptime(${value}, ${format}) as date)`,
  ),
  TRY_TO_DATE: formatted(
    'try_to_date',
    (value) => `try_cast(${value} as date)`,
    (value, format) => `cast(try_strptime(${value}, ${format}) as date)`,
  ),
  TO_TIMESTAMP,
  TO_TIMESTAMP_NTZ: TO_TIMESTAMP,
  TRY_TO_TIMESTAMP: formatted(
    'try_to_timestamp',
    (value) => `try_cast(${value} as timestamp)`,
    (value, format) => `try_strptime(${value}, ${format})`,
  ),
};
