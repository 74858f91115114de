import type { Dialect } from '../sql/dialect.ts';
import type { Bind } from '../sql/sql.ts';
import type { Statement } from '../sql/compile.ts';
import type { Tenant } from './tenant.ts';

/**
 * The warehouse port: what the rest of the service may ask of the place where rows live. Adapters are in duckdb/ and
 * snowflake/.
 *
 * Values are made once, here: integer is a number, or a string of digits when it is not a safe integer; decimal and
 * double are numbers (decimal is a string when a number would lose digits; NaN and the infinities are null); date is
 * `YYYY-MM-DD`, timestamp `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`; boolean; text; json is parsed JSON; SQL NULL is null.
 */
export type WireType = 'text' | 'integer' | 'decimal' | 'double' | 'boolean' | 'date' | 'timestamp' | 'json';
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Value = Json;

/** `name` as the statement names it, `type` our word for it, `engineType` the engine's (`DECIMAL(15,2)`). */
export type Column = { readonly name: string; readonly type: WireType; readonly engineType: string };
/** Some rows of a result, column by column: `columns[c][r]`, every column `rowCount` long. */
export type Batch = { readonly rowCount: number; readonly columns: readonly (readonly Value[])[] };
/** A collected result; `ms` is the statement's own time from its start to its last row, waiting excluded; `waitMs` the time in the queue. */
export type Rows = Batch & {
  readonly schema: readonly Column[];
  readonly ms: number;
  readonly waitMs: number;
  /** The engine's own name of the statement, and bytes of its result as they were sent; where the engine tells. */
  readonly queryId?: string | undefined;
  readonly bytes?: number | undefined;
};
/** A result that is read as it comes. Leaving the loop early (or aborting) stops the statement and frees its connection; an error after the first batch is thrown from the loop, never a silent end. */
export type Stream = {
  readonly schema: readonly Column[];
  readonly batches: AsyncIterable<Batch>;
  readonly waitMs: number;
  readonly queryId?: string | undefined;
  /** Bytes so far, where the engine tells. */
  readonly bytes?: (() => number) | undefined;
};

/**
 * Some rows, a number for each value: an integer itself, a date as days since 1970-01-01, a text as its place among
 * `texts`; NaN for NULL, an infinity for an integer that is not safe and a date outside the years 1 to 9999. The arrays
 * are those of the next batch too.
 */
export type PackedBatch = { readonly rowCount: number; readonly columns: readonly Float64Array[] };
/** A stream of numbers, for what is kept in typed arrays: no value is made for a row. */
export type PackedStream = {
  readonly schema: readonly Column[];
  /** The distinct texts of each column so far, in order of arrival; they grow with the batches. Empty for other types. */
  readonly texts: readonly (readonly string[])[];
  readonly batches: AsyncIterable<PackedBatch>;
  readonly waitMs: number;
};

/** fast: look-ups and lists; heavy: analyses, exports. Each has its own connections and queue, so that look-ups never wait behind analytics. */
export type Lane = 'fast' | 'heavy';
/** For whom a statement runs: written beside it where the engine keeps a history. Its text never depends on it. */
export type StatementTag = { readonly analysis?: string | undefined; readonly requestId?: string | undefined };
export type StatementOptions = {
  readonly lane: Lane;
  readonly tag?: StatementTag | undefined;
  /** Aborting cancels the statement on the engine; the call rejects with the signal's reason if that is an AppError, else `statement.cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Deadline of the run, waiting excluded. Default: STATEMENT_SECONDS for query, STREAM_SECONDS for stream. Passing it throws `statement.timeout`. */
  readonly seconds?: number | undefined;
  /** For query: most rows to collect (default RESULT_ROWS); one more throws `limit.rows`. */
  readonly maxRows?: number | undefined;
};

/** A table or view as the engine describes it. `path` is how it is addressed, without the database: `[schema, table]` or `[table]` for the default schema. */
export type TableDescription = {
  readonly path: readonly string[];
  readonly kind: 'table' | 'view';
  readonly columns: readonly (Column & { readonly isNullable: boolean })[];
  /** The engine's own estimate or count; undefined where it has none (views). */
  readonly rowCount?: number | undefined;
};

/** One transaction on the tenant's only writer. `run` returns the number of rows changed. */
export type Writer = {
  run(text: string, params?: readonly Bind[], tag?: StatementTag): Promise<number>;
  query(text: string, params?: readonly Bind[], tag?: StatementTag): Promise<Rows>;
};

export type WriteOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Longest run of one statement where the engine holds a session for it: STREAM_SECONDS by default on Snowflake, at most 604,800. Passing it throws `statement.timeout`. On DuckDB a write has no deadline. */
  readonly seconds?: number | undefined;
};

/** A result that stays in the engine, for statements of this process; `bytes` that it takes, roughly. */
export type KeptTable = {
  readonly path: readonly string[];
  readonly bytes: number;
  /** Whether it can still be read: not after the database was opened anew. */
  isThere(): Promise<boolean>;
  /** Once no statement reads it any more; harmless when it is gone. */
  drop(): Promise<void>;
};

export type LaneState = {
  readonly connections: number;
  readonly busy: number;
  readonly waiting: number;
  readonly refused: number;
};

export type Warehouse = {
  readonly engine: 'duckdb' | 'snowflake';
  readonly dialect: Dialect;
  /** Where tables are whose path is their name alone. */
  readonly defaultSchema: string;
  /** Other programs write to the same tables: what is remembered of rows holds only as long as the warehouse itself says so. */
  readonly isShared: boolean;
  /** Runs and collects. Throws limit.rows, statement.timeout, statement.out_of_memory, statement.cancelled, warehouse.busy (with a Retry-After header), warehouse.unavailable, warehouse.suspended, warehouse.disk_full, warehouse.forbidden, warehouse.failed. */
  query(tenant: Tenant, statement: Statement, options: StatementOptions): Promise<Rows>;
  /** Runs and hands out batches with back-pressure; same errors, except limit.rows. */
  stream(tenant: Tenant, statement: Statement, options: StatementOptions): Promise<Stream>;
  /** The same for columns of text, integers and dates, as numbers; throws TypeError for another type. `packed` in pack.ts makes it of any stream. */
  pack(tenant: Tenant, statement: Statement, options: StatementOptions): Promise<PackedStream>;
  /**
   * Runs a statement and keeps its rows as a table, whose rows are found quickly by the column `key`; same errors as
   * `query`. Undefined where results are not kept: the select itself is then part of each statement.
   */
  readonly keep?: (
    tenant: Tenant,
    statement: Statement,
    options: Omit<StatementOptions, 'maxRows'> & { readonly key: string },
  ) => Promise<KeptTable>;
  /** Columns of a statement without running it. When it does not compile, throws `warehouse.failed` with the engine's words as cause, or `warehouse.forbidden` where the engine does not tell what is not there from what may not be seen. */
  describe(tenant: Tenant, text: string): Promise<readonly Column[]>;
  /** All tables and views that can be read, our own bookkeeping (`service` schema) left out. */
  tables(tenant: Tenant): Promise<readonly TableDescription[]>;
  /**
   * `work` in one transaction, after all earlier writes of the tenant; committed when it returns, rolled back when it
   * throws. Where the connection may break: `warehouse.unavailable` when nothing could be begun, `write.rolled_back` when
   * it broke before the commit (nothing is stored, the same work may be done again), `write.unknown` when nobody can tell
   * whether the commit took place.
   */
  write<T>(tenant: Tenant, work: (writer: Writer) => Promise<T>, options?: WriteOptions): Promise<T>;
  /**
   * Milliseconds until the warehouse answers that it is well: to a trivial statement, or, on Snowflake, to whether a
   * session still is (else to a sign-in), which wakes no virtual warehouse. Throws when it does not answer, or writes
   * where nobody will read.
   */
  ping(tenant: Tenant): Promise<number>;
  state(): Readonly<Record<Lane, LaneState>>;
  /** Cancels what runs, waits for it, closes. */
  close(): Promise<void>;
};
