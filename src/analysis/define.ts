import type { Static, TObject } from 'typebox';
import type { Catalog, CoreTableName } from '../data/catalog/model.ts';
import type { Dialect } from '../data/sql/dialect.ts';
import type { Sql, TableValue } from '../data/sql/sql.ts';
import type { Tasks } from '../lib/compute/tasks.ts';
import type { Batch, Lane, PackedStream } from '../data/warehouse/port.ts';
import type { Derive, DeriveNewest, DeriveStanding } from './derivation.ts';
import type { ListRequest } from './question.ts';
import type { Page } from './result.ts';
import type { Saved } from './saved.ts';

export type Compute = <N extends keyof Tasks>(
  task: N,
  input: Parameters<Tasks[N]>[0],
  transfer?: readonly ArrayBuffer[],
) => Promise<ReturnType<Tasks[N]>>;

/** The tables of the catalog as values for the sql tag. */
export type Tables = {
  readonly customers: TableValue;
  readonly products: TableValue;
  readonly customerProducts: TableValue;
  /** Throws dataset.not_found, with the near name. */
  dataset(name: string): TableValue;
};

/** What SQL builders get besides params: tables, dialect, catalog, and the day that the answer is about (given or settled). */
export type SqlKit = {
  readonly t: Tables;
  readonly d: Dialect;
  readonly catalog: Catalog;
  readonly asOf: string;
  /** Segments and names of RFM scores, for an analysis that `readsSaved`; as if there were none for others. */
  readonly saved: Saved;
};

/** For steps that depend on each other; all bound to tenant, deadline and data version. */
export type RunContext = SqlKit & {
  /** Collected rows as objects, one per row, keyed by the statement's column names in camelCase. */
  query(statement: Sql): Promise<readonly Record<string, unknown>[]>;
  /** The same, or undefined when there are more than `maxRows` rows. */
  queryFew(statement: Sql, maxRows: number): Promise<readonly Record<string, unknown>[] | undefined>;
  /** Rows as they come, column by column in the order of the statement; memory stays bounded. */
  stream(statement: Sql): Promise<AsyncIterable<Batch>>;
  /** The same as numbers, for typed arrays: texts, integers and dates only. */
  pack(statement: Sql): Promise<PackedStream>;
  /** Says that a limit has cut the answer, and which: meta.truncated, and a remark in meta.warnings. */
  cut(remark: string): void;
  /** Adds a remark to meta.warnings. */
  say(remark: string): void;
  readonly derive: Derive;
  readonly standing: DeriveStanding;
  readonly newest: DeriveNewest;
  /** Pure maths in a thread; stopped when the client leaves. */
  readonly compute: Compute;
};

/** How an analysis is read as a list: filtered, sorted, paged, counted. Field names are those of `row`. */
export type Listing = {
  /** Fields that identify a row; they end every sort order. */
  readonly key: readonly string[];
  /** Default order: `-field` for descending. */
  readonly sort: readonly string[];
  /** Text fields that `q=` searches. */
  readonly search: readonly string[];
};

/** One page of a list: columns in the order of the request's fields. */
export type ListPage = { readonly batch: Batch; readonly page: Page };

export type Example<P extends TObject> = {
  readonly title: string;
  readonly params: Partial<Static<P>> & Readonly<Record<string, unknown>>;
};

/** What a chart draws of a row; a network has a line from `x` to `y` for each. */
export type Chart = {
  readonly mark: 'line' | 'area' | 'bar' | 'point' | 'heatmap' | 'network' | 'table';
  readonly x?: string;
  readonly y?: string;
  readonly color?: string;
};

export type Definition<P extends TObject, R extends TObject> = {
  /** `feature.topic`, in kebab-case. */
  readonly name: string;
  /** One line: what one row of the answer says. */
  readonly title: string;
  /** Definitions, formulas and caveats, for the docs page. */
  readonly description: string;
  readonly params: P;
  readonly row: R;
  /** Columns are the fields of `row` in snake_case. Rows stream unless there is a `finish`. */
  readonly sql?: (params: Static<P>, kit: SqlKit) => Sql;
  /** Pure; turns the rows of `sql` into the rows of the answer. */
  readonly finish?: (
    rows: readonly Record<string, unknown>[],
    params: Static<P>,
  ) => readonly Readonly<Record<string, unknown>>[];
  /** Instead of `sql`, when steps depend on each other. */
  readonly run?: (params: Static<P>, context: RunContext) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Instead of `sql`, of what is streamed and no statement by itself: columns in the order of the row's fields. */
  readonly batches?: (params: Static<P>, context: RunContext) => Promise<AsyncIterable<Batch>>;
  readonly listing?: Listing;
  /** A shorter way to the answer. Undefined when it cannot be had exactly so: then `sql` answers. Both must agree. */
  readonly lookup?: {
    /** Tables that it reads. */
    readonly reads: readonly string[];
    /** A page of a list. */
    readonly page?: (params: Static<P>, request: ListRequest, context: RunContext) => Promise<ListPage | undefined>;
    /** All rows, of what is no list. */
    readonly rows?: (
      params: Static<P>,
      context: RunContext,
    ) => Promise<readonly Readonly<Record<string, unknown>>[] | undefined>;
    /** The rows of a stream: columns in the order of the row's fields. */
    readonly batches?: (params: Static<P>, context: RunContext) => Promise<AsyncIterable<Batch> | undefined>;
  };
  /** A list whose rows can be read one by one under `path/{param}`: the key's param, and the error when there is no such row. */
  readonly record?: {
    readonly param: string;
    readonly missing: 'customer.not_found' | 'product.not_found' | 'relationship.not_found';
  };
  /** Table whose extra attributes the rows carry. */
  readonly attributesOf?: CoreTableName;
  /** The param that names one customer or product: an answer without rows is a 404 when there is no such thing. */
  readonly subject?: { readonly table: 'customers' | 'products'; readonly param: string };
  /** A statement about the request itself, answered in meta.warnings: `say` gets its rows. */
  readonly warn?: {
    readonly sql: (params: Static<P>, kit: SqlKit) => Sql;
    readonly say: (rows: readonly Record<string, unknown>[]) => readonly string[];
  };
  /** Its answers depend on what users have defined: segments, names of RFM scores. */
  readonly readsSaved?: boolean;
  /** A remark in meta.warnings when there are no rows: why that may be. */
  readonly whenEmpty?: string;
  /** Relationships that are in no period (without start, ending before they start, starting later) are counted in meta.warnings. */
  readonly countsLeftOut?: boolean;
  /** Default: fast for lists, heavy otherwise. */
  readonly lane?: Lane;
  /** `stream`: rows are never collected, in no format, and RESULT_ROWS does not bound them. */
  readonly delivery?: 'collect' | 'stream';
  readonly chart?: Chart;
  /** Other ways to draw the same rows. */
  readonly otherCharts?: readonly Chart[];
  /** At least one; they run in tests and docs. */
  readonly examples: readonly [Example<P>, ...Example<P>[]];
  /** A second address under /v1 (`/customers/{customerId}/products`), and its method. */
  readonly path?: string;
  readonly method?: 'GET' | 'POST';
  /** Raise it when the meaning of an answer changes with the same data; part of the cache key. */
  readonly revision?: number;
};

/** A named, typed thing that a client may ask. */
export type Analysis = Definition<TObject, TObject>;

/**
 * Declares an analysis. Throws TypeError on a declaration that cannot work: a bad name, no example, not exactly one of
 * `sql`, `run` and `batches`, a listing over fields that the row does not have.
 */
export function defineAnalysis<P extends TObject, R extends TObject>(definition: Definition<P, R>): Analysis {
  const fail = (problem: string): never => {
    throw new TypeError(`analysis ${definition.name}: ${problem}`);
  };
  if (!/^[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*$/.test(definition.name)) fail('the name must be feature.topic');
  if (definition.examples.length === 0) fail('at least one example is needed');
  const ways = [definition.sql, definition.run, definition.batches].filter((way) => way !== undefined);
  if (ways.length !== 1) fail('exactly one of sql, run and batches is needed');
  if (definition.batches !== undefined && definition.delivery !== 'stream') fail('batches are delivered as a stream');
  if (definition.finish !== undefined && definition.sql === undefined) fail('finish needs sql');
  if (definition.listing !== undefined && (definition.finish ?? definition.run) !== undefined)
    fail('a listing is plain sql');
  const { key = [], sort = [], search = [] } = definition.listing ?? {};
  for (const name of [...key, ...sort.map((entry) => entry.replace(/^-/, '')), ...search]) {
    if (!Object.hasOwn(definition.row.properties, name)) fail(`the row has no field ${name}`);
  }
  return Object.freeze(definition) as unknown as Analysis;
}
