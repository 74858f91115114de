import type { Reads } from '../data/sql/compile.ts';
import type { Bind } from '../data/sql/sql.ts';
import type { Batch, Value } from '../data/warehouse/port.ts';
import { camelCase } from '../lib/names.ts';
import type { Field } from './columns.ts';
import type { SaidVersions } from './versions.ts';

/** What an answer says about itself. `timing` is of this answer: a cached one took no statement. */
export type Meta = {
  readonly analysis: string;
  readonly asOf: string;
  /** Params that have a default, as they hold: see settledParams. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly demo: boolean;
  readonly fields: readonly Field[];
  readonly truncated: boolean;
  readonly warnings: readonly string[];
  readonly dataVersion: SaidVersions;
  readonly reads: Reads;
  readonly cache: 'miss' | 'shared' | 'off';
  readonly timing: Timing;
  /** Derivations that were built for this answer. */
  readonly built: readonly string[];
  readonly explain: readonly ExplainedStatement[] | undefined;
};

/** `bytes`: of the results of its statements, where the engine tells. */
export type Timing = { readonly statementMs: number; readonly waitMs: number; readonly bytes?: number };

/** `queryId` and `bytes` as the engine gives them; where it does not, they are left out of the answer. */
export type ExplainedStatement = {
  readonly sql: string;
  readonly binds: readonly Bind[];
  readonly tables: readonly string[];
  readonly statementMs: number;
  readonly waitMs: number;
  readonly queryId?: string | undefined;
  readonly bytes?: number | undefined;
};

export type Page = {
  /** Sort values of the last row, when there are more rows after it. */
  readonly next: readonly Value[] | undefined;
  readonly total: number | undefined;
  readonly facets: readonly Facet[] | undefined;
};
/** Values of a field with their row counts; `others` counts the values that are not shown. */
export type Facet = {
  readonly field: string;
  readonly values: readonly { value: Value; rows: number }[];
  readonly others: number;
};

/** A collected answer. `encoded` holds finished texts by format, filled by delivery. */
export type Answer = {
  readonly meta: Meta;
  readonly batch: Batch;
  readonly page: Page | undefined;
  readonly encoded: Map<string, Buffer>;
};
/** An answer that is read as it comes; `bytes` of its rows so far, besides those in meta, where the engine tells. */
export type StreamedAnswer = {
  readonly meta: Meta;
  readonly batches: AsyncIterable<Batch>;
  readonly bytes?: (() => number) | undefined;
};

/** Rows as objects, keys in camelCase. */
export function toObjects(columnNames: readonly string[], batch: Batch): Record<string, Value>[] {
  const keys = columnNames.map(camelCase);
  return Array.from({ length: batch.rowCount }, (_, row) =>
    Object.fromEntries(keys.map((key, c) => [key, batch.columns[c]![row]!])),
  );
}

/** Objects as columns, in the order of the fields; a member that is missing is null. */
export function fromObjects(fields: readonly Field[], rows: readonly Readonly<Record<string, unknown>>[]): Batch {
  return {
    rowCount: rows.length,
    columns: fields.map(({ field }) => rows.map((row) => (row[field] ?? null) as Value)),
  };
}

/** Memory of a batch, roughly: text by length, other values by 8 bytes. */
export function bytesOfBatch({ rowCount, columns }: Batch): number {
  let bytes = rowCount * columns.length * 8;
  for (const column of columns) {
    for (const value of column) {
      if (typeof value === 'string') bytes += 16 + value.length;
      else if (value !== null && typeof value === 'object') bytes += 64;
    }
  }
  return bytes;
}

export function bytesOfAnswer({ batch, encoded }: Answer): number {
  let bytes = 1000 + bytesOfBatch(batch);
  for (const text of encoded.values()) bytes += text.byteLength;
  return bytes;
}
