import type { Dialect } from '../data/sql/dialect.ts';
import { sql, id, trusted, type Sql } from '../data/sql/sql.ts';
import type { WireType } from '../data/warehouse/port.ts';
import type { FieldError } from '../lib/app-error.ts';
import { isCalendarDate } from '../lib/calendar.ts';
import type { Field } from './columns.ts';

/**
 * The filter language of lists: `field=value` and `field[op]=value`. A null never matches a comparison, except that
 * `ne` means "is not this value" and so keeps nulls.
 */
export const OPERATORS = {
  eq: { types: 'all', help: 'equal to' },
  ne: { types: 'all', help: 'not equal to, empty ones included' },
  gt: { types: 'ordered', help: 'greater than' },
  gte: { types: 'ordered', help: 'at least' },
  lt: { types: 'ordered', help: 'less than' },
  lte: { types: 'ordered', help: 'at most' },
  in: { types: 'all', help: 'one of: a,b,c, or the parameter repeated for values that hold commas' },
  like: { types: 'text', help: 'matches, any case: % stands for any characters, _ for one, \\ escapes' },
  isNull: { types: 'all', help: 'true: has no value, false: has one' },
} as const;
export type Operator = keyof typeof OPERATORS;
export type Filter = { readonly field: Field; readonly operator: Operator; readonly values: readonly string[] };

const MAX_VALUES = 1000;

/** The operators that make sense for a type. */
export function operatorsFor(type: WireType): readonly Operator[] {
  const isText = type === 'text';
  return (Object.keys(OPERATORS) as Operator[]).filter((name) => {
    const { types } = OPERATORS[name];
    return types === 'all' || (types === 'text' ? isText : type !== 'boolean');
  });
}

/** The name of the parameter that carries a filter. */
export function filterKey(field: string, operator: Operator): string {
  return operator === 'eq' ? field : `${field}[${operator}]`;
}

/** What is wrong with a filter's values, in the words of the client's own parameter; empty when it can be run. */
export function filterProblems({ field, operator, values }: Filter): FieldError[] {
  const pointer = `?${filterKey(field.field, operator)}`;
  if (values.length > MAX_VALUES)
    return [{ pointer, detail: `has ${values.length} values; at most ${MAX_VALUES} are allowed` }];
  if (operator === 'isNull')
    return /^(true|false)$/.test(values[0]!) ? [] : [{ pointer, detail: 'must be true or false' }];
  if (operator === 'like')
    return /(^|[^\\])(\\\\)*\\$/.test(values[0]!) ? [{ pointer, detail: 'ends in a lone \\' }] : [];
  const bad = values.find((value) => !isValueOf(field.type, value));
  return bad === undefined
    ? []
    : [{ pointer, detail: `${JSON.stringify(bad.slice(0, 200))} is not ${EXPECTED[field.type]}` }];
}

/** A field of the table expression `q` as it is compared, sorted and counted: with the nulls that answers show. */
export function columnOf({ column, type }: Field, dialect: Dialect): Sql {
  const stored = sql`q.${id(column)}`;
  return type === 'double' ? dialect.finite(stored) : stored;
}

/** The condition over a table expression whose columns are the fields' SQL names. */
export function filterCondition({ field, operator, values }: Filter, dialect: Dialect): Sql {
  const column = columnOf(field, dialect);
  const bound = (value: string) => bindAs(field.type, value);
  switch (operator) {
    case 'eq':
      return sql`${column} = ${bound(values[0]!)}`;
    case 'ne':
      return sql`${column} is distinct from ${bound(values[0]!)}`;
    case 'gt':
      return sql`${column} > ${bound(values[0]!)}`;
    case 'gte':
      return sql`${column} >= ${bound(values[0]!)}`;
    case 'lt':
      return sql`${column} < ${bound(values[0]!)}`;
    case 'lte':
      return sql`${column} <= ${bound(values[0]!)}`;
    case 'in':
      return sql`${column} in (select ${castAs(field.type, sql`l.id`)} from ${dialect.idList(values)} l)`;
    case 'like':
      return sql`${column} ilike ${patternOf(values[0]!)} escape '^'`;
    case 'isNull':
      return values[0] === 'true' ? sql`${column} is null` : sql`${column} is not null`;
  }
}

/** The pattern with ^ for the client's escape: within a literal a backslash is itself on one engine, and an escape on the other. */
function patternOf(pattern: string): string {
  return pattern.replaceAll(/\\([^])|\^/g, (_, escaped?: string) =>
    escaped === undefined || /[%_^]/.test(escaped) ? `^${escaped ?? '^'}` : escaped,
  );
}

/** A value as the engine compares it with a column of the type; no digit of a decimal is lost. */
export function bindAs(type: WireType, value: string | number | boolean): Sql {
  const text = String(value);
  const scale = type === 'decimal' ? decimalsOf(text) : 0;
  return scale > SCALE ? sql`cast(${text} as ${trusted(`decimal(38, ${scale})`)})` : castAs(type, sql`${text}`);
}

/** Digits behind the point that decimals are compared with; more only for a value that has more, so that the text of a statement rarely depends on it. */
const SCALE = 10;

function decimalsOf(text: string): number {
  const [, fraction = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  return Math.min(38, fraction.length - Number(exponent));
}

function castAs(type: WireType, text: Sql): Sql {
  switch (type) {
    case 'date':
      return sql`cast(${text} as date)`;
    case 'timestamp':
      return sql`cast(${text} as timestamp)`;
    case 'integer':
      return sql`cast(${text} as decimal(38, 0))`;
    case 'decimal':
      return sql`cast(${text} as decimal(38, 10))`;
    case 'double':
      return sql`cast(${text} as double)`;
    case 'boolean':
      return sql`cast(${text} as boolean)`;
    case 'text':
    case 'json':
      return text;
  }
}

const EXPECTED: Readonly<Record<WireType, string>> = {
  text: 'a text',
  json: 'a text',
  date: 'a date such as 2026-01-31',
  timestamp: 'a time such as 2026-01-31T12:00:00Z',
  integer: 'a whole number',
  decimal: 'a number',
  double: 'a number',
  boolean: 'true or false',
};

function isValueOf(type: WireType, value: string): boolean {
  switch (type) {
    case 'text':
    case 'json':
      return true;
    case 'date':
      return isCalendarDate(value);
    case 'timestamp':
      return (
        isCalendarDate(value.slice(0, 10)) && /^.{10}([T ]([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?Z?)?$/.test(value)
      );
    case 'integer':
      return /^-?\d{1,37}$/.test(value);
    case 'decimal':
      return /^-?\d{1,27}(\.\d{1,10})?$/.test(value);
    case 'double':
      return /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(value) && Number.isFinite(Number(value));
    case 'boolean':
      return value === 'true' || value === 'false';
  }
}
