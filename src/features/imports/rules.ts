import { CORE_TABLES } from '../../data/catalog/core-tables.ts';
import type { TableImport } from '../../data/catalog/import-plan.ts';
import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';
import type { Column } from '../../data/warehouse/port.ts';

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
    const column = given.find(({ name }) => name.toLowerCase() === target.name);
    return column === undefined ? [] : columnRules(target, column);
  });
  return [...filters, ...checks];
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

function typeChecks(target: Target, given: string, c: string): Record<string, string> {
  if (target.type === 'text') return {};
  if (target.type === 'json') return { not_json: `${c} is not null and not json_valid(cast(${c} as varchar))` };
  const fits = `try_cast(${c} as ${target.engineType})`;
  const isLost = `${c} is not null and ${fits} is null`;
  if (given === 'VARCHAR') return textChecks(target, c, fits, isLost);
  const range = RANGES[target.type]?.(fits);
  const outOfRange = range === undefined ? isLost : `${isLost} or ${range}`;
  if (given === target.engineType) return range === undefined ? {} : { out_of_range: range };
  return { out_of_range: outOfRange, precision: `try_cast(${fits} as ${given}) is distinct from ${c}` };
}

/** Texts come from files: they must be written in the one form that has one meaning. */
function textChecks(target: Target, c: string, fits: string, isLost: string): Record<string, string> {
  const misses = (pattern: string) => `not regexp_full_match(${c}, '${pattern}')`;
  const range = RANGES[target.type]?.(fits);
  switch (target.type) {
    case 'date':
      return { not_a_date: `${isLost} or cast(${fits} as varchar) <> ${c}`, out_of_range: range! };
    case 'timestamp':
      return { not_a_timestamp: isLost, out_of_range: range! };
    case 'boolean':
      return { not_a_boolean: isLost };
    case 'integer':
      return { not_a_number: misses('[+-]?[0-9]+'), out_of_range: isLost };
    case 'double':
      return { not_a_number: misses(`${NUMBER}([eE][+-]?[0-9]+)?`), out_of_range: `${isLost} or ${range}` };
    default: {
      const decimals = Number(/,(\d+)\)/.exec(target.engineType)?.[1] ?? 0);
      const tooFine = `regexp_matches(${c}, '\\.[0-9]{${decimals}}[0-9]*[1-9]')`;
      return { not_a_number: misses(NUMBER), precision: tooFine, out_of_range: isLost };
    }
  }
}

const NUMBER = '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)';

/** What the engine holds and the wire cannot say: dates are YYYY-MM-DD, numbers are finite. */
const RANGES: Readonly<Partial<Record<Target['type'], (value: string) => string>>> = {
  date: (value) => `${value} not between date '0001-01-01' and date '9999-12-31'`,
  timestamp: (value) => `${value} not between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'`,
  double: (value) => `not isfinite(${value})`,
};

/** Keys that must be unique among the stored rows: the mapping's, and the table's own. */
export function keysOf(plan: TableImport): readonly (readonly string[])[] {
  const own = [CORE_TABLES[plan.table].key];
  const isOwn = plan.key.length === 1 && plan.key[0]!.toLowerCase() === own[0];
  return isOwn || plan.key.length === 0 ? [own] : [plan.key, own];
}

export const REFERENCES = [
  { column: 'customer_id', table: 'customers' },
  { column: 'product_id', table: 'products' },
] as const;
