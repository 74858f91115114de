import { AppError } from '../../../lib/app-error.ts';
import { leavable } from '../leavable.ts';
import type { Batch, Stream } from '../port.ts';
import { leave } from './collect.ts';
import type { DriverResult } from './driver.ts';
import type { Run } from './run.ts';
import { ourColumns } from './statement.ts';

type StreamOptions = {
  readonly explain: (cause: unknown) => AppError;
  /** Called once, when all is over. */
  readonly onEnd: (rows: number, error: AppError | undefined) => void;
};

/**
 * Batches of a result as they come. The run ends with the stream: after the last row, on an error or an abort, or when
 * the reader leaves; that of a stream that nobody reads ends at its deadline.
 */
export function openStream(run: Run, result: DriverResult, { explain, onEnd }: StreamOptions): Stream {
  const source = result.batches[Symbol.asyncIterator]();
  let rows = 0;
  let error: AppError | undefined;
  let ended: Promise<void> | undefined;
  const end = () =>
    (ended ??= leave(run, source).then(() => {
      run.end();
      onEnd(rows, error ?? run.watch.reason());
    }));
  run.watch.onStop(() => void end());

  async function* read(): AsyncGenerator<Batch, void> {
    try {
      for (;;) {
        run.watch.check();
        const next = await run.patiently(source.next());
        run.watch.check();
        if (next.done === true) return;
        rows += next.value.rowCount;
        yield next.value;
      }
    } catch (cause) {
      throw (error = run.watch.reason() ?? explain(cause));
    } finally {
      await end();
    }
  }

  const batches = leavable(read(), () => {
    run.watch.stop(new AppError('statement.cancelled', 'The reader left the stream.'));
    return end();
  });
  return { schema: ourColumns(result), batches, waitMs: run.waitMs, queryId: result.queryId, bytes: result.bytes };
}
