import type { Writer } from '../data/warehouse/port.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedKeys } from './change-log.ts';

/** What a write wrote to: tables, and the keys by which their change log goes. */
export type Changed = Readonly<Record<string, ChangedKeys>>;
export type WriteOutcome<T> = { readonly value: T } | { readonly error: unknown };

/** Whether a table is what the last write that this process knows of has left: all that is remembered of it still holds. */
export type TableNow = (table: string) => Promise<boolean>;
/** The writer of a transaction, and what may be relied on within it. */
export type QueuedWriter = Writer & { readonly isAsCommitted: TableNow };

/**
 * A small write. It checks before it changes anything: an AppError that it throws by itself refuses this operation alone
 * and leaves its neighbours.
 */
export type WriteOperation<T> = (writer: QueuedWriter) => Promise<{ readonly value: T; readonly changed: Changed }>;

/** Writes that are alike, as one set of statements: as if they ran one after the other, with an outcome each. */
export type WriteSet<T> = (
  items: readonly WriteItem[],
) => (writer: QueuedWriter) => Promise<{ readonly outcomes: readonly WriteOutcome<T>[]; readonly changed: Changed }>;
export type WriteItem = {
  readonly body: Readonly<Record<string, unknown>>;
  /** Its id was made for this write: no row has it. */
  readonly hasNewId?: boolean;
};

/** A write that runs together with those of the same set that wait next to it. */
export type JoinedWrite<T> = { readonly set: WriteSet<T>; readonly item: WriteItem };
export type Write<T> = WriteOperation<T> | JoinedWrite<T>;

/** The same write as one that runs by itself. */
export function operationOf<T>({ set, item }: JoinedWrite<T>): WriteOperation<T> {
  return async (writer) => {
    const { outcomes, changed } = await set([item])(writer);
    return { value: valueOf(outcomes[0]!), changed };
  };
}

/** The same write as one of a set; without neighbours when it is an operation. */
export function joinedOf<T>(write: Write<T>): JoinedWrite<T> {
  if (typeof write !== 'function') return write;
  return {
    item: { body: {} },
    set: () => async (writer) => {
      try {
        const { value, changed } = await write(writer);
        return { outcomes: [{ value }], changed };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { outcomes: [{ error }], changed: {} };
      }
    },
  };
}

/** What an operation refuses is its outcome; what the warehouse refuses has broken the transaction. */
export function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && !/^(warehouse|statement|write)\./.test(error.code);
}

/**
 * What a transaction throws when rows that it wanted to write were gone or others than it had read: somebody else was
 * there meanwhile. The queue runs it again, and then it sees them.
 */
export function writtenMeanwhile(what: string): AppError {
  return new AppError('write.rolled_back', `${what} while it was written`, {
    cause: MEANWHILE,
    headers: { 'retry-after': '1' },
  });
}

const MEANWHILE = 'another program wrote the same rows';

/** Whether it was thrown by that, rather than by a connection that broke. */
export function isWrittenMeanwhile(error: unknown): boolean {
  return error instanceof AppError && error.cause === MEANWHILE;
}

/** Throws `writtenMeanwhile` when fewer rows were written than were to be. */
export function requireRows(written: number, wanted: number): void {
  if (written < wanted) throw writtenMeanwhile(`another program wrote ${wanted - written} of the rows`);
}

function valueOf<T>(outcome: WriteOutcome<T>): T {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
