import type { Field } from '../../src/analysis/columns.ts';
import type { Stored } from '../world-rows.ts';

/** A row of a list by field (`attributes.tier`), as answers show its values. */
export type Flat = Readonly<Record<string, unknown>>;
export type NaiveFilter = { readonly field: string; readonly operator: string; readonly values: readonly string[] };
export type NaiveRequest = {
  readonly filters: readonly NaiveFilter[];
  readonly q: string | undefined;
  readonly sort: readonly { readonly field: string; readonly isDescending: boolean }[];
};
type ListShape = {
  readonly fields: readonly Field[];
  readonly key: readonly string[];
  readonly search: readonly string[];
};

/** Stored rows as answers show them: what is no number is null, and the kind of a value follows its type. */
export function flatten(rows: readonly Stored[], fields: readonly Field[]): Flat[] {
  return rows.map((row) =>
    Object.fromEntries(
      fields.map(({ field, column }) => {
        if (field === 'valueKind') return [field, row['relationship_type'] === 'subscription' ? 'monthly' : 'once'];
        const value = row[column] ?? null;
        return [field, typeof value === 'number' && !Number.isFinite(value) ? null : value];
      }),
    ),
  );
}

/** The whole list that a request asks for, in order, by loops. */
export function naiveList(rows: readonly Flat[], request: NaiveRequest, { fields, key, search }: ListShape): Flat[] {
  const typeOf = new Map(fields.map(({ field, type }) => [field, type]));
  const kept = rows.filter(
    (row) =>
      request.filters.every(({ field, operator, values }) => holds(row[field], operator, values, typeOf.get(field)!)) &&
      (request.q === undefined || search.some((field) => containsAnyCase(row[field], request.q!))),
  );
  const order = [...request.sort, ...key.map((field) => ({ field, isDescending: false }))];
  return kept.sort((a, b) => {
    for (const { field, isDescending } of order) {
      const [x, y] = [a[field], b[field]];
      if (x === y) continue;
      if (x === null) return 1;
      if (y === null) return -1;
      return isDescending ? -compare(x, y) : compare(x, y);
    }
    return 0;
  });
}

/** Values with their counts, most frequent first, then in order, null last. */
export function naiveFacet(rows: readonly Flat[], field: string): { value: unknown; rows: number }[] {
  const counts = new Map<unknown, number>();
  for (const row of rows) counts.set(row[field], (counts.get(row[field]) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, rows: count }))
    .sort((a, b) => b.rows - a.rows || (a.value === null ? 1 : b.value === null ? -1 : compare(a.value, b.value)));
}

function holds(value: unknown, operator: string, given: readonly string[], type: Field['type']): boolean {
  if (operator === 'isNull') return (value === null) === (given[0] === 'true');
  const wanted = given.map((text) => valueOf(text, type));
  if (operator === 'ne') return value === null || compare(value, wanted[0]) !== 0;
  if (value === null) return false;
  if (operator === 'like') return typeof value === 'string' && likePattern(given[0]!).test(value.toLowerCase());
  const order = compare(value, wanted[0]);
  switch (operator) {
    case 'in':
      return wanted.some((one) => compare(value, one) === 0);
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    default:
      return order === 0;
  }
}

function valueOf(text: string, type: Field['type']): unknown {
  if (type === 'boolean') return text === 'true';
  return type === 'integer' || type === 'decimal' || type === 'double' ? Number(text) : text;
}

/** By number, false before true, and texts (dates too) by code point. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(sortable(a), sortable(b));
  return Number(a) - Number(b);
}

/** A time with all six digits behind its seconds: `.5Z` would come before `Z`. */
function sortable(text: string): string {
  return text.replace(
    /^(.{10}T.{8})(?:\.(\d+))?Z$/,
    (_, time: string, fraction = '') => `${time}.${String(fraction).padEnd(6, '0')}`,
  );
}

function compareCodePoints(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

function containsAnyCase(value: unknown, text: string): boolean {
  return typeof value === 'string' && value.toLowerCase().includes(text.toLowerCase());
}

/** `%` any characters, `_` one, `\` takes the next one as it is. */
function likePattern(pattern: string): RegExp {
  let source = '';
  const characters = Array.from(pattern.toLowerCase());
  for (let i = 0; i < characters.length; i++) {
    if (characters[i] === '%') source += '.*';
    else if (characters[i] === '_') source += '.';
    else source += RegExp.escape(characters[i] === '\\' ? characters[++i]! : characters[i]!);
  }
  return new RegExp(`^${source}$`, 'su');
}
