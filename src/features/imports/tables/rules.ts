import { CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import type { TableImport } from '../../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { Column, WireType } from '../../../data/warehouse/port.ts';
import { NESTED } from './direct-mapping.ts';

/**
 * Why a row is left out, as SQL conditions over the answer of the mapping (alias `c`); the first that holds counts.
 *
 * The import never rounds and never guesses: a value that does not come back unchanged from the column's type is
 * rejected. A mapping that wants less says so itself, `round(x, 2)` or `cast(x as date)`.
 */
export type Rule = { readonly kind: 'filter' | 'reject'; readonly reason: string; readonly condition: string };

/** A column of the table that is filled, and what its values must keep to. */
export type Target = Column & { readonly maxLength: number | undefined; readonly isRequired: boolean };

export function targetsOf(plan: TableImport, stored: readonly Column[]): readonly Target[] {
  const core = new Map(CORE_TABLES[plan.table].columns.map((column) => [column.name, column]));
  return stored.map((column) => ({
    ...column,
    type: core.get(column.name)?.type ?? plan.attributes.find(({ name }) => name === column.name)?.type ?? column.type,
    maxLength: core.get(column.name)?.maxLength,
    isRequired: core.get(column.name)?.isRequired ?? false,
  }));
}

/** The rules that look at one row alone: the filters, then each column in the table's order. `given` are the columns of the mapping. */
export function rowRules(plan: TableImport, targets: readonly Target[], given: readonly Column[]): readonly Rule[] {
  const filters = plan.filters.map(({ reason, where }) => ({ kind: 'filter', reason, condition: where }) as const);
  const checks = targets.flatMap((target) => {
    const column = given.find(({ name }) => name.toLowerCase() === target.name.toLowerCase());
    return column === undefined ? [] : columnRules(target, column);
  });
  return [...filters, ...nestedRules(plan, targets, given), ...checks];
}

/** Of a direct import of our own JSON: all attributes of a record are one object. */
function nestedRules(plan: TableImport, targets: readonly Target[], given: readonly Column[]): readonly Rule[] {
  const isAttribute = targets.some(({ name }) => name === NESTED);
  if (plan.source === undefined || isAttribute || !given.some(({ name }) => name === NESTED)) return [];
  const condition = `c.${NESTED} is not null and json_type(try_cast(c.${NESTED} as json)) is distinct from 'OBJECT'`;
  return [{ kind: 'reject', reason: `${NESTED}.not_an_object`, condition }];
}

function columnRules(target: Target, { name, engineType }: Column): readonly Rule[] {
  const c = `c.${duckdbDialect.quote(name)}`;
  const checks: Record<string, string> = {
    ...(target.isRequired ? { missing: `${c} is null or cast(${c} as varchar) = ''` } : {}),
    ...(target.maxLength === undefined ? {} : { too_long: `length(cast(${c} as varchar)) > ${target.maxLength}` }),
    ...typeChecks(target, engineType, c),
  };
  return Object.entries(checks).map(([problem, condition]) => ({
    kind: 'reject',
    reason: `${target.name}.${problem}`,
    condition,
  }));
}

/** `c` is the value, `fits` what the column's type makes of it, null when nothing. */
type Value = { readonly c: string; readonly fits: string; readonly isLost: string; readonly engineType: string };
type Checks = Record<string, string>;

function typeChecks({ type, engineType }: Target, given: string, c: string): Checks {
  const fits = `try_cast(${c} as ${engineType})`;
  const isLost = `${c} is not null and ${fits} is null`;
  if (given === 'VARCHAR' || type === 'text' || type === 'json')
    return TEXT_CHECKS[type]({ c, fits, isLost, engineType });
  const range = RANGES[type]?.(fits) ?? 'false';
  if (given === engineType) return { out_of_range: range };
  return { out_of_range: `${isLost} or ${range}`, precision: `try_cast(${fits} as ${given}) is distinct from ${c}` };
}

/** What the engine holds and the wire cannot say: dates are YYYY-MM-DD, numbers are finite. */
const RANGES: Readonly<Partial<Record<WireType, (value: string) => string>>> = {
  date: (value) => `${value} not between date '0001-01-01' and date '9999-12-31'`,
  timestamp: (value) => `${value} not between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'`,
  double: (value) => `not isfinite(${value})`,
};

const NUMBER = '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)';
const misses = (c: string, pattern: string) => `not regexp_full_match(${c}, '${pattern}')`;

/** Texts come from files: they must be written in the one form that has one meaning. */
const TEXT_CHECKS: Readonly<Record<WireType, (value: Value) => Checks>> = {
  text: () => ({}),
  json: ({ c }) => ({ not_json: `${c} is not null and not json_valid(cast(${c} as varchar))` }),
  // A date that is written as the engine writes it is in range when it has four digits for the year and nothing else.
  date: ({ c, fits }) => ({
    not_a_date: `cast(${fits} as varchar) is distinct from ${c}`,
    out_of_range: `length(${c}) <> ${'YYYY-MM-DD'.length}`,
  }),
  timestamp: ({ fits, isLost }) => ({ not_a_timestamp: isLost, out_of_range: RANGES.timestamp!(fits) }),
  boolean: ({ isLost }) => ({ not_a_boolean: isLost }),
  integer: ({ c, isLost }) => ({ not_a_number: misses(c, '[+-]?[0-9]+'), out_of_range: isLost }),
  double: ({ c, fits, isLost }) => ({
    not_a_number: misses(c, `${NUMBER}([eE][+-]?[0-9]+)?`),
    out_of_range: `${isLost} or ${RANGES.double!(fits)}`,
  }),
  decimal: ({ c, isLost, engineType }) => ({
    not_a_number: misses(c, NUMBER),
    precision: `regexp_matches(${c}, '\\.[0-9]{${/(\d+)\)$/.exec(engineType)![1]}}[0-9]*[1-9]')`,
    out_of_range: isLost,
  }),
};

/** Keys that must be unique among the stored rows: the mapping's, and the table's own. */
export function keysOf(plan: TableImport): readonly (readonly string[])[] {
  const own = [CORE_TABLES[plan.table].key];
  const isOwn = plan.key.length === 1 && plan.key[0]!.toLowerCase() === own[0];
  return isOwn || plan.key.length === 0 ? [own] : [plan.key, own];
}

export type Reference = { readonly column: string; readonly table: CoreTableName };

/** What relationships refer to. */
export const REFERENCES: readonly Reference[] = [
  { column: 'customer_id', table: 'customers' },
  { column: 'product_id', table: 'products' },
];
