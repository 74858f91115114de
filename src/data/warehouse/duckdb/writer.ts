import duckdb from '@duckdb/node-bindings';
import { AppError } from '../../../lib/app-error.ts';
import type { Bind } from '../../sql/sql.ts';
import type { Writer } from '../port.ts';
import { collectWhole } from './collect.ts';
import type { DayText } from './decode-time.ts';
import type { Run } from './run.ts';

type TransactionOptions = {
  readonly dayText: DayText;
  readonly maxRows: number;
  readonly explain: (cause: unknown) => AppError;
};

/** `work` in one transaction: committed when it returns, rolled back when it throws or the run must end. Statements that `work` starts side by side run one after another. */
export async function transact<T>(
  run: Run,
  work: (writer: Writer) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const { session, watch } = run;
  let isOpen = true;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(act: () => Promise<R>): Promise<R> => {
    const turn = last.then(async () => {
      if (!isOpen) throw new AppError('warehouse.failed', 'The transaction is over.');
      watch.check();
      return act();
    });
    last = turn.catch(() => undefined);
    return turn.catch((cause: unknown) => {
      throw watch.reason() ?? options.explain(cause);
    });
  };
  const writer: Writer = {
    run: (text, params = []) => inTurn(() => change(run, text, params)),
    query: (text, params = []) =>
      inTurn(async () => {
        const begun = performance.now();
        const rows = await collectWhole(run, { text, params }, options.maxRows, options.dayText);
        return { ...rows, ms: performance.now() - begun, waitMs: 0 };
      }),
  };
  try {
    await session.script('begin transaction');
    const done = await work(writer);
    await last;
    watch.check();
    isOpen = false;
    // From here on it is too late to stop.
    watch.end();
    await session.script('commit');
    return done;
  } catch (cause) {
    isOpen = false;
    await last;
    watch.end();
    // There is nothing to roll back when the commit itself failed.
    await session.script('rollback').catch(() => undefined);
    throw watch.reason() ?? options.explain(cause);
  }
}

/** A text without values may hold several statements; the number is that of the last. */
async function change(run: Run, text: string, params: readonly Bind[]): Promise<number> {
  const result = params.length > 0 ? await run.session.run(text, params) : await run.session.script(text);
  return duckdb.rows_changed(result);
}
