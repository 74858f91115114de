import duckdb from '@duckdb/node-bindings';
import { AppError } from '../../../lib/app-error.ts';
import { leavable } from '../leavable.ts';
import type { Batch, Column, PackedBatch, PackedStream, Stream, Value } from '../port.ts';
import { readersOf } from './columns.ts';
import { readChunk } from './decode.ts';
import type { DayText } from '../time-text.ts';
import { packersOf } from './pack-columns.ts';
import type { Run, Runnable } from './run.ts';

export type StreamOptions = { readonly dayText: DayText; readonly explain: (cause: unknown) => AppError };
type Chunked<B> = { readonly schema: readonly Column[]; readonly batches: AsyncGenerator<B>; readonly waitMs: number };

/**
 * Begins a statement and returns its batches, one of up to 2,048 rows for each chunk of the engine. Each takes a turn of
 * the event loop, since the next chunk is fetched on another thread. The run ends with the stream: after the last row,
 * on an error or an abort, or when the reader leaves; that of a stream that nobody reads ends at its deadline.
 */
export function openStream(run: Run, statement: Runnable, { dayText, explain }: StreamOptions): Promise<Stream> {
  return begin(run, statement, explain, (result) => {
    const { schema, readers } = readersOf(result, { dayText, texts: 'shared' });
    const batchOf = (chunk: duckdb.DataChunk): Batch => {
      const columns = schema.map((): Value[] => []);
      return { rowCount: readChunk(chunk, readers, columns), columns };
    };
    return { schema, batchOf };
  });
}

/** The same as numbers, in arrays that are filled again with each batch. */
export function openPackedStream(
  run: Run,
  statement: Runnable,
  { dayText, explain }: StreamOptions,
): Promise<PackedStream> {
  return begin(run, statement, explain, (result) => {
    const { schema } = readersOf(result, { dayText, texts: 'shared' });
    const packers = packersOf(result, schema);
    const columns = schema.map(() => new Float64Array(duckdb.vector_size()));
    const batchOf = (chunk: duckdb.DataChunk): PackedBatch => {
      const rowCount = duckdb.data_chunk_get_size(chunk);
      packers.forEach(({ pack }, i) => pack(duckdb.data_chunk_get_vector(chunk, i), rowCount, columns[i]!));
      return { rowCount, columns };
    };
    return { schema, batchOf, texts: packers.map(({ texts }) => texts) };
  });
}

type Reading<B> = { readonly schema: readonly Column[]; readonly batchOf: (chunk: duckdb.DataChunk) => B };

async function begin<B, R extends Reading<B>>(
  run: Run,
  statement: Runnable,
  explain: StreamOptions['explain'],
  reading: (result: duckdb.Result) => R & Reading<B>,
): Promise<Omit<R, 'batchOf'> & Chunked<B>> {
  const { result, chunks } = await run.stream(statement);
  const { batchOf, ...rest } = reading(result);
  run.watch.onStop(() => void run.end());

  async function* read(): AsyncGenerator<B, void> {
    try {
      for (let chunk = await chunks.next(); chunk !== undefined; chunk = await chunks.next()) {
        run.watch.check();
        yield batchOf(chunk);
        run.watch.check();
      }
    } catch (cause) {
      throw run.watch.reason() ?? explain(cause);
    } finally {
      await run.end();
    }
  }

  const batches = leavable(read(), () => {
    run.watch.stop(new AppError('statement.cancelled', 'The reader left the stream.'));
    return run.end();
  });
  return { ...rest, batches, waitMs: run.waitMs };
}
