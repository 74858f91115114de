import { sql, id, join, nothing, word, type Sql } from '../data/sql/sql.ts';
import type { Dialect } from '../data/sql/dialect.ts';
import type { Value } from '../data/warehouse/port.ts';
import type { Field } from './columns.ts';
import { bindAs, columnOf, filterCondition, type Filter } from './filter.ts';

export type SortKey = { readonly field: Field; readonly isDescending: boolean };

/** What a client asks of a list. `after` holds the sort values of the last row seen, in the order of `sort`. */
export type ListingRequest = {
  readonly filters: readonly Filter[];
  readonly search: { readonly text: string; readonly fields: readonly Field[] } | undefined;
  /** Ends in the key, so that the order is total; empty for a stream in stored order. */
  readonly sort: readonly SortKey[];
  /** Fields of the answer. */
  readonly fields: readonly Field[];
  readonly limit: number | undefined;
  /** A page is in total order and looks one row ahead for the next one; a stream without `sort` comes in stored order. */
  readonly isPage: boolean;
  readonly after: readonly Value[] | undefined;
};

/**
 * One page of `inner`: filtered, in total order with nulls last, starting after the last row seen (keyset, so that a
 * row that was there at the first page and did not change is seen exactly once). Sort columns that are not among the
 * fields are selected behind them: the next cursor is made of them.
 */
export function pageOf(inner: Sql, request: ListingRequest, dialect: Dialect): Sql {
  const conditions = conditionsOf(request, dialect);
  if (request.after !== undefined) conditions.push(afterCondition(request.sort, request.after, dialect));
  const selected = selectedFields(request).map(({ column }) => sql`q.${id(column)}`);
  const order = request.sort.map(({ field, isDescending }) => {
    const direction = word(isDescending ? 'desc' : 'asc', ['asc', 'desc']);
    return sql`${columnOf(field, dialect)} ${direction} nulls last`;
  });
  const ordered = order.length === 0 ? nothing : sql`\norder by ${join(order, ', ')}`;
  const limited =
    request.limit === undefined ? nothing : sql`\nlimit ${request.isPage ? request.limit + 1 : request.limit}`;
  return sql`select ${join(selected, ', ')}\nfrom (${inner}) q${where(conditions)}${ordered}${limited}`;
}

/** The fields of the answer, then the sort fields that are not among them. */
export function selectedFields({ fields, sort }: ListingRequest): readonly Field[] {
  const extra = sort.map((key) => key.field).filter((field) => !fields.some(({ column }) => column === field.column));
  return [...fields, ...extra];
}

/** Rows of the list under its filters: one row, one column `total`. */
export function totalOf(inner: Sql, request: ListingRequest, dialect: Dialect): Sql {
  return sql`select count(*) as total\nfrom (${inner}) q${where(conditionsOf(request, dialect))}`;
}

/** Values of one field under the list's filters, most frequent first: columns `value`, `row_count`, and `all_values`, how many there are. */
export function facetOf(inner: Sql, request: ListingRequest, field: Field, limit: number, dialect: Dialect): Sql {
  const column = columnOf(field, dialect);
  // Not `count(*) over ()`: it races in DuckDB 1.5.5 and takes the whole database down.
  return sql`with f as (
  select ${column} as value, count(*) as row_count
  from (${inner}) q${where(conditionsOf(request, dialect))}
  group by ${column}
)
select f.value, f.row_count, n.all_values
from f
cross join (select count(*) as all_values from f) n
order by f.row_count desc nulls last, f.value asc nulls last
limit ${limit}`;
}

function conditionsOf({ filters, search }: ListingRequest, dialect: Dialect): Sql[] {
  const conditions = filters.map((filter) => filterCondition(filter, dialect));
  if (search !== undefined) {
    const matches = search.fields.map(({ column }) => dialect.contains(sql`q.${id(column)}`, search.text));
    conditions.push(sql`(${join(matches, ' or ')})`);
  }
  return conditions;
}

function where(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? nothing : sql`\nwhere ${join(conditions, ' and ')}`;
}

type Key = string | number | boolean | null;

/**
 * Rows strictly after `values` in lexicographic order with nulls last: for each sort column, equal in all before it and
 * later in this one. The bound on the first column alone is implied by it; engines use it to skip blocks.
 */
function afterCondition(sort: readonly SortKey[], values: readonly Value[], dialect: Dialect): Sql {
  const keys = sort.map((key, i) => {
    const value = values[i] as Key;
    return { equal: equalTo(key.field, value, dialect), beyond: beyond(key, value, dialect) };
  });
  const branches = keys.flatMap(({ beyond: later }, i) =>
    later === undefined ? [] : [sql`(${join([...keys.slice(0, i).map(({ equal }) => equal), later], ' and ')})`],
  );
  if (branches.length === 0) return sql`1 = 0`;
  const after = sql`(${join(branches, ' or ')})`;
  const [first] = keys;
  if (first?.beyond === undefined || keys.length === 1) return after;
  return sql`(${first.beyond} or ${first.equal}) and ${after}`;
}

/** Later than a value; undefined after null, which is the last. */
function beyond({ field, isDescending }: SortKey, value: Key, dialect: Dialect): Sql | undefined {
  if (value === null) return undefined;
  const column = columnOf(field, dialect);
  const compared = sql`${column} ${word(isDescending ? '<' : '>', ['<', '>'])} ${bindAs(field.type, value)}`;
  return field.isNullable ? sql`(${compared} or ${column} is null)` : compared;
}

function equalTo(field: Field, value: Key, dialect: Dialect): Sql {
  const column = columnOf(field, dialect);
  return value === null ? sql`${column} is null` : sql`${column} = ${bindAs(field.type, value)}`;
}
