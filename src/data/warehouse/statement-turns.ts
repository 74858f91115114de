import { AppError } from '../../lib/app-error.ts';
import type { Watch } from './deadline.ts';

/** Runs the statements of a transaction one after another, and no more after the first that failed, or when the run must end. */
export function createTurns(watch: Watch, explain: (cause: unknown) => AppError) {
  let failure: AppError | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    take<R>(act: () => Promise<R>): Promise<R> {
      const turn = last.then(async () => {
        if (failure !== undefined) throw failure;
        watch.check();
        return act();
      });
      last = turn.catch((cause: unknown) => {
        failure ??= watch.reason() ?? explain(cause);
      });
      return turn.catch((cause: unknown) => {
        throw watch.reason() ?? explain(cause);
      });
    },
    /** Waits for what was taken and takes nothing more. Throws the first failure. */
    async close(): Promise<void> {
      await last;
      const first = failure;
      failure ??= new AppError('warehouse.failed', 'The transaction is over.');
      if (first !== undefined) throw first;
    },
  };
}
