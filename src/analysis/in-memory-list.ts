import type { Batch, Value } from '../data/warehouse/port.ts';
import { compareText } from '../lib/compare-text.ts';
import type { Field } from './columns.ts';
import type { Filter } from './filter.ts';
import type { SortKey } from './listing.ts';
import type { ListRequest } from './question.ts';
import { fromObjects, type Page } from './result.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Whether a list can be made of its rows here with the very answer that SQL would give: patterns, searches and facets cannot. */
export function canListInMemory({ filters, search, facets, isPage }: ListRequest): boolean {
  return isPage && search === undefined && facets.length === 0 && filters.every(({ operator }) => operator !== 'like');
}

/** One page of few rows: filtered, in total order with nulls last, starting after the last row seen. */
export function pageInMemory(rows: readonly Row[], request: ListRequest): { batch: Batch; page: Page } {
  const matching = rows.filter((row) => request.filters.every((filter) => matches(filter, valueOf(row, filter.field))));
  const order = (a: readonly Value[], b: readonly Value[]) => compareKeys(request.sort, a, b);
  const sorted = matching.map((row) => ({ row, key: sortKey(row, request.sort) })).sort((a, b) => order(a.key, b.key));
  const { after } = request;
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => order(key, after) > 0);
  const shown = rest.slice(0, request.limit);
  const next = rest.length > shown.length ? shown.at(-1)?.key : undefined;
  const batch = fromObjects(
    request.fields,
    shown.map(({ row }) => row),
  );
  return { batch, page: { next, total: request.wantsTotal ? matching.length : undefined, facets: undefined } };
}

function valueOf(row: Row, { field }: Field): Value {
  return (row[field] ?? null) as Value;
}

function sortKey(row: Row, sort: readonly SortKey[]): Value[] {
  return sort.map(({ field }) => valueOf(row, field));
}

function compareKeys(sort: readonly SortKey[], a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < sort.length; i++) {
    const [left, right] = [a[i]!, b[i]!];
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1;
      continue;
    }
    const order = compare(left, right);
    if (order !== 0) return sort[i]!.isDescending ? -order : order;
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
