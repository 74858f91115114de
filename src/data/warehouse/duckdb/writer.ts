import duckdb from '@duckdb/node-bindings';
import type { AppError } from '../../../lib/app-error.ts';
import type { Bind } from '../../sql/sql.ts';
import type { Writer } from '../port.ts';
import { createTurns } from '../statement-turns.ts';
import { collectWhole } from './collect.ts';
import type { DayText } from '../time-text.ts';
import type { Run } from './run.ts';
import type { Session } from './session.ts';

type TransactionOptions = {
  readonly dayText: DayText;
  readonly maxRows: number;
  readonly explain: (cause: unknown) => AppError;
};

/**
 * `work` in one transaction: committed when it returns; rolled back when it throws (its error is passed on as it is),
 * when the run must end, or when one of its statements failed, even if it caught the error: a commit after some errors
 * answers as if it had committed and rolls back (DuckDB 1.5.5). Statements that `work` starts side by side run one
 * after another. After warehouse.disk_full the outcome of a commit is not known: the rows may be in the log.
 */
export async function transact<T>(
  run: Run,
  work: (writer: Writer) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const { session, watch } = run;
  const turns = createTurns(watch, options.explain);
  const writer: Writer = {
    run: (text, params = []) => turns.take(() => change(session, text, params)),
    query: (text, params = []) =>
      turns.take(async () => {
        const begun = performance.now();
        const rows = await collectWhole(run, { text, params }, options.maxRows, options.dayText);
        return { ...rows, ms: performance.now() - begun, waitMs: 0 };
      }),
  };
  const control = async (word: 'begin transaction' | 'commit' | 'rollback') => {
    await session.script(word).catch((cause: unknown) => {
      throw options.explain(cause);
    });
  };
  try {
    await control('begin transaction');
    const done = await work(writer);
    await turns.close();
    // From here on it is too late to stop.
    watch.end();
    watch.check();
    await control('commit');
    return done;
  } catch (cause) {
    await turns.close().catch(() => undefined);
    watch.end();
    // There is nothing to roll back when the commit itself failed.
    await control('rollback').catch(() => undefined);
    throw watch.reason() ?? cause;
  }
}

/** A text without values may hold several statements; the number is that of the last. */
async function change(session: Session, text: string, params: readonly Bind[]): Promise<number> {
  const result = params.length > 0 ? await session.run(text, params) : await session.script(text);
  return duckdb.rows_changed(result);
}
