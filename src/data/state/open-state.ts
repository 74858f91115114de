import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { isLocked, withClearErrors } from './clear-error.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { sharedTransactions } from './shared-transactions.ts';
import { inTransaction } from './transaction.ts';

export type StateRow = Readonly<Record<string, SQLOutputValue>>;

/**
 * The service's own records: one connection, used by the repositories beside this file and by nobody else. A write has
 * reached the disk when the call returns. Every call throws `state.unavailable` when the file or the disk does not allow it.
 */
export type State = {
  /** The service's clock as ISO text, for `…_at` columns. */
  now(): string;
  all(text: string, ...params: readonly SQLInputValue[]): readonly StateRow[];
  /** Runs a statement that changes rows and returns how many it changed. */
  run(text: string, ...params: readonly SQLInputValue[]): number;
  /** `work` as one write: all of it or, when it throws, nothing. */
  transaction<T>(work: () => T): T;
  /** The same, soon: writes that come at once share a transaction, and with it the flush to the disk. */
  together<T>(work: () => T): Promise<T>;
  /** Milliseconds that a read of the file takes. */
  ping(): number;
  close(): void;
};

/** How long a statement waits for another process that writes. */
const BUSY_MS = 5_000;
const RETRY_MS = 5;

/**
 * Opens the state store at `file`, making folder and file when they are missing and bringing its schema up to date.
 * Throws `state.unavailable` when it is not a SQLite file, cannot be written, or was written by a newer version.
 */
export function openState({ file, clock }: { file: string; clock: () => Date }): State {
  const database = withClearErrors(file, () => connect(file));
  try {
    withClearErrors(file, () => {
      database.exec('pragma synchronous = full');
      useWriteAheadLog(database);
      migrate(database, MIGRATIONS, clock);
    });
  } catch (error) {
    database.close();
    throw error;
  }
  // The texts are those of the repositories, a few dozen.
  const prepared = new Map<string, StatementSync>();
  const statement = (text: string): StatementSync => {
    const kept = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, kept);
    return kept;
  };
  const all = (text: string, ...params: readonly SQLInputValue[]): readonly StateRow[] =>
    withClearErrors(file, () => statement(text).all(...params));
  const transaction = <T>(work: () => T) => withClearErrors(file, () => inTransaction(database, work));
  return Object.freeze({
    now: () => clock().toISOString(),
    all,
    run: (text: string, ...params: readonly SQLInputValue[]) =>
      withClearErrors(file, () => Number(statement(text).run(...params).changes)),
    transaction,
    together: sharedTransactions(transaction),
    ping() {
      const started = performance.now();
      all('select count(*) from migrations');
      return performance.now() - started;
    },
    close: () => database.close(),
  });
}

function connect(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  // The file holds secrets: for its owner only. SQLite gives its journal files the same mode.
  closeSync(openSync(file, 'a', 0o600));
  return new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
}

/**
 * SQLite waits for a lock in every statement but this one, where of processes that open a new file at the same moment
 * all but one fail at once.
 */
function useWriteAheadLog(database: DatabaseSync): void {
  const until = performance.now() + BUSY_MS;
  for (;;) {
    try {
      database.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (!isLocked(error) || performance.now() >= until) throw error;
    }
    // Opening is synchronous, and so is its waiting.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
}
