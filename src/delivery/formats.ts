import type { Field } from '../analysis/columns.ts';
import type { Batch } from '../data/warehouse/port.ts';
import { csvHeader, csvRows } from './csv-rows.ts';
import { jsonRows } from './json-rows.ts';

/**
 * The formats in which rows leave. `head` and `tail` stand around the rows; `rows` writes one batch. JSON is an
 * envelope with meta and is put together by http.
 */
export type RowFormat = {
  readonly mediaType: string;
  readonly extension: string;
  head(fields: readonly Field[]): string;
  rows(fields: readonly Field[]): (batch: Batch) => string;
};

export const ROW_FORMATS = Object.freeze({
  csv: {
    mediaType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    head: csvHeader,
    rows: csvRows,
  },
  ndjson: {
    mediaType: 'application/x-ndjson; charset=utf-8',
    extension: 'ndjson',
    head: () => '',
    rows: (fields: readonly Field[]) => {
      const write = jsonRows(fields, '\n');
      return (batch: Batch) => (batch.rowCount === 0 ? '' : `${write(batch)}\n`);
    },
  },
} satisfies Record<string, RowFormat>);

export type FormatName = 'json' | keyof typeof ROW_FORMATS;
export const FORMAT_NAMES: readonly FormatName[] = Object.freeze(['json', 'csv', 'ndjson']);

/** Batches larger than this are written in slices, so that no turn of the event loop is long. */
const SLICE_ROWS = 4096;

/** Head, then each batch as bytes, giving way to other requests between them. */
export async function* encodeRows(
  format: RowFormat,
  fields: readonly Field[],
  batches: AsyncIterable<Batch>,
): AsyncGenerator<Buffer> {
  const write = format.rows(fields);
  const head = format.head(fields);
  if (head !== '') yield Buffer.from(head);
  for await (const batch of batches) for (const slice of slices(batch)) yield Buffer.from(write(slice));
}

/** A batch in parts of at most SLICE_ROWS rows; a small one as it is. */
export function* slices(batch: Batch): Generator<Batch> {
  if (batch.rowCount <= SLICE_ROWS) {
    if (batch.rowCount > 0) yield batch;
    return;
  }
  for (let start = 0; start < batch.rowCount; start += SLICE_ROWS) {
    const end = Math.min(start + SLICE_ROWS, batch.rowCount);
    yield { rowCount: end - start, columns: batch.columns.map((column) => column.slice(start, end)) };
  }
}
