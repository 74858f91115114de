import type { Batch, Value } from '../data/warehouse/port.ts';
import { compareText } from '../lib/compare-text.ts';
import type { Field } from './columns.ts';
import type { Filter } from './filter.ts';
import type { ListRequest } from './question.ts';
import type { Page } from './result.ts';

/** Rows as columns by field; a field without column is null everywhere. */
export type NamedColumns = { readonly rowCount: number; readonly columns: Readonly<Record<string, readonly Value[]>> };

/** Whether a list can be made of its rows here with the very answer that SQL would give: patterns, searches and facets cannot. */
export function canListInMemory({ filters, search, facets, isPage }: ListRequest): boolean {
  return isPage && search === undefined && facets.length === 0 && filters.every(({ operator }) => operator !== 'like');
}

/** One page of few rows: filtered, in total order with nulls last, starting after the last row seen. */
export function pageInMemory(rows: NamedColumns, request: ListRequest): { batch: Batch; page: Page } {
  const tests = request.filters.map((filter) => ({ filter, values: columnOf(rows, filter.field) }));
  const keys = request.sort.map(({ field, isDescending }) => ({ values: columnOf(rows, field), isDescending }));
  const matching: number[] = [];
  for (let row = 0; row < rows.rowCount; row++)
    if (tests.every(({ filter, values }) => matches(filter, values[row]!))) matching.push(row);
  const { after, limit = Infinity } = request;
  const last = after?.map((value) => [value]);
  const isLater = (row: number) => compareRows(keys, row, 0, last) > 0;
  const rest = (last === undefined ? matching : matching.filter(isLater)).sort((a, b) => compareRows(keys, a, b));
  const shown = rest.slice(0, limit);
  const isAll = shown.length === rows.rowCount && shown.every((row, i) => row === i);
  const columns = request.fields.map((field) => {
    const values = columnOf(rows, field);
    return isAll ? values : shown.map((row) => values[row]!);
  });
  const next = rest.length > shown.length ? keys.map(({ values }) => values[shown.at(-1)!]!) : undefined;
  const total = request.wantsTotal ? matching.length : undefined;
  return { batch: { rowCount: shown.length, columns }, page: { next, total, facets: undefined } };
}

/** Objects as columns by field. */
export function namedColumns(rows: readonly Readonly<Record<string, unknown>>[]): NamedColumns {
  const fields = Object.keys(rows[0] ?? {});
  const columns = fields.map((field) => [field, rows.map((row) => (row[field] ?? null) as Value)] as const);
  return { rowCount: rows.length, columns: Object.fromEntries(columns) };
}

function columnOf({ rowCount, columns }: NamedColumns, { field }: Field): readonly Value[] {
  return columns[field] ?? Array.from({ length: rowCount }, () => null);
}

type Key = { readonly values: readonly Value[]; readonly isDescending: boolean };

/** Row `a` against row `b`, or against one row of other columns. */
function compareRows(keys: readonly Key[], a: number, b: number, others?: readonly (readonly Value[])[]): number {
  for (let i = 0; i < keys.length; i++) {
    const { values, isDescending } = keys[i]!;
    const [left, right] = [values[a]!, (others?.[i] ?? values)[b]!];
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1;
      continue;
    }
    const order = compare(left, right);
    if (order !== 0) return isDescending ? -order : order;
  }
  return 0;
}

/** Values of one column: texts and dates by code point, numbers and booleans by size. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return Number(a) - Number(b);
}

function matches({ field, operator, values }: Filter, value: Value): boolean {
  if (operator === 'isNull') return (value === null) === (values[0] === 'true');
  if (value === null) return operator === 'ne';
  const order = (text: string) => compare(value, typed(field, text));
  switch (operator) {
    case 'eq':
      return order(values[0]!) === 0;
    case 'ne':
      return order(values[0]!) !== 0;
    case 'gt':
      return order(values[0]!) > 0;
    case 'gte':
      return order(values[0]!) >= 0;
    case 'lt':
      return order(values[0]!) < 0;
    case 'lte':
      return order(values[0]!) <= 0;
    case 'in':
      return values.some((text) => order(text) === 0);
    case 'like':
      throw new TypeError('patterns are matched by the warehouse');
  }
}

function typed({ type }: Field, text: string): Value {
  if (type === 'boolean') return text === 'true';
  return type === 'integer' || type === 'decimal' || type === 'double' ? Number(text) : text;
}
