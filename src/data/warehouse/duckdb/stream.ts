import { AppError } from '../../../lib/app-error.ts';
import type { Batch, Stream, Value } from '../port.ts';
import { readersOf } from './columns.ts';
import { readChunk } from './decode.ts';
import type { DayText } from './decode-time.ts';
import type { Run, Runnable } from './run.ts';

type StreamOptions = { readonly dayText: DayText; readonly explain: (cause: unknown) => AppError };

/**
 * Begins a statement and returns its batches, one of up to 2,048 rows for each chunk of the engine. Each takes a turn of
 * the event loop, since the next chunk is fetched on another thread. The run ends with the stream: after the last row,
 * on an error or an abort, or when the reader leaves; that of a stream that nobody reads ends at its deadline.
 */
export async function openStream(run: Run, statement: Runnable, options: StreamOptions): Promise<Stream> {
  const { result, chunks } = await run.stream(statement);
  const { schema, readers } = readersOf(result, { dayText: options.dayText, texts: 'shared' });
  run.watch.onStop(() => void run.end());

  async function* read(): AsyncGenerator<Batch, void> {
    try {
      for (let chunk = await chunks.next(); chunk !== undefined; chunk = await chunks.next()) {
        run.watch.check();
        const columns = schema.map((): Value[] => []);
        yield { rowCount: readChunk(chunk, readers, columns), columns };
        run.watch.check();
      }
    } catch (cause) {
      throw run.watch.reason() ?? options.explain(cause);
    } finally {
      await run.end();
    }
  }

  const batches = read();
  const leave = batches.return.bind(batches);
  // A generator that was never started would skip its `finally`.
  batches.return = async (value) => {
    run.watch.stop(new AppError('statement.cancelled', 'The reader left the stream.'));
    await run.end();
    return leave(value);
  };
  return { schema, batches, waitMs: run.waitMs };
}
