import { AppError } from '../../../lib/app-error.ts';
import type { Bind } from '../../sql/sql.ts';
import { after } from '../deadline.ts';
import type { Rows, StatementTag, Writer } from '../port.ts';
import { createTurns } from '../statement-turns.ts';
import { collect } from './collect.ts';
import { DriverError, type DriverSession } from './driver.ts';
import { isBroken, translate, translateWrite } from './errors.ts';
import type { Run } from './run.ts';
import { checkBinds } from './statement.ts';
import { failedAs, NOTHING, type Read, send, type TransactionOptions } from './transaction-statement.ts';

/** How much longer than its timeout on the server a statement may take before it is cancelled from here. */
const GRACE_SECONDS = 5;

/**
 * `work` in one transaction on one session: committed when it returns; rolled back when it throws (its error is passed
 * on as it is), when the run must end, or when one of its statements failed, even if it caught the error. A statement
 * whose answer is lost ends the session, and with it the transaction: write.rolled_back. A lost answer to the commit is
 * asked for again; write.unknown when it never comes. DDL is no part of a transaction on Snowflake: it commits what was
 * before it.
 */
export async function transact<T>(
  run: Run,
  work: (writer: Writer) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const session = await begin(run, options).catch((cause: unknown) => {
    // Nothing was begun, so that nothing is rolled back: whoever repeats those would wait again for an account that is away.
    throw run.watch.reason() ?? translate(cause, failedAs(BEGIN, options));
  });
  const turns = createTurns(run.watch, (cause) => explain(cause, '', options));
  try {
    const done = await work(writerOn(run, session, turns, options));
    await turns.close();
    // From here on it is too late to stop.
    run.watch.end();
    run.watch.check();
    await commit(run, session, options);
    return done;
  } catch (cause) {
    await turns.close().catch(() => undefined);
    run.watch.end();
    await rollBack(run, session, options);
    throw run.watch.reason() ?? cause;
  }
}

type Turns = ReturnType<typeof createTurns>;
const BEGIN = 'begin transaction';
const COMMIT = 'commit';
const ROLLBACK = 'rollback';

function explain(cause: unknown, text: string, options: TransactionOptions): AppError {
  return translateWrite(cause, failedAs(text, options));
}

/** Nothing has happened yet, so what fails with the connection is done again on another one. */
async function begin(run: Run, options: TransactionOptions): Promise<DriverSession> {
  const start = async () => {
    const session = await run.session();
    await send(run, session, { text: BEGIN }, options, NOTHING);
    return session;
  };
  return start().catch((cause: unknown) => {
    if (!(cause instanceof DriverError) || !['gone', 'lost'].includes(cause.kind)) throw cause;
    return start();
  });
}

function writerOn(run: Run, session: DriverSession, turns: Turns, options: TransactionOptions): Writer {
  const take = <R extends { readonly rowCount: number }>(
    text: string,
    params: readonly Bind[],
    tag: StatementTag | undefined,
    read: Read<R>,
  ) =>
    turns.take(async () => {
      checkBinds(params);
      const timeout = () => new AppError('statement.timeout', `A statement was stopped after ${options.limit}.`);
      const { seconds } = options.optionsOf(text, tag);
      const deadline = after(seconds + GRACE_SECONDS, () => run.watch.stop(timeout()));
      try {
        return await send(run, session, { text, params, tag }, options, read);
      } catch (cause) {
        if (isBroken(cause)) run.drop();
        throw explain(cause, text, options);
      } finally {
        clearTimeout(deadline);
      }
    });
  return {
    run: async (text, params = [], tag) => {
      const { rowCount } = await take(text, params, tag, async ({ rowsChanged }) => ({ rowCount: rowsChanged }));
      return rowCount;
    },
    query: (text, params = [], tag): Promise<Rows> =>
      take(text, params, tag, async (result, begun) => {
        const rows = await collect(run, result, options.maxRows);
        return { ...rows, ms: performance.now() - begun, waitMs: 0 };
      }),
  };
}

/** A second commit on the same session does nothing, so one whose answer is lost is sent again, as long as retries last. */
async function commit(run: Run, session: DriverSession, options: TransactionOptions): Promise<void> {
  try {
    await send(run, session, { text: COMMIT, how: { isRepeatable: true } }, options, NOTHING);
  } catch (cause) {
    if (!isBroken(cause)) throw explain(cause, COMMIT, options);
    run.drop();
    const detail = 'The connection to Snowflake broke while the transaction was committed.';
    throw new AppError('write.unknown', detail, { cause, headers: { 'retry-after': '1' } });
  }
}

/** A session whose transaction cannot be rolled back is ended, which has the same effect. */
async function rollBack(run: Run, session: DriverSession, options: TransactionOptions): Promise<void> {
  if (!run.holds(session)) return;
  await send(run, session, { text: ROLLBACK, how: { isRepeatable: true } }, options, NOTHING).catch(() => run.drop());
}
