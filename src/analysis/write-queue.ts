/*
 * All writes of a tenant, one after the other; small ones that wait share a transaction:
 *
 *   submit ─ waiting ─┬─ one transaction: operation, operation, … ─ commit ─ versions raised ─ each acknowledged
 *                     └─ it broke? each of them in a transaction of its own
 */
import { raiseDataVersions } from '../data/warehouse/data-version.ts';
import type { Warehouse, Writer } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedKeys, ChangeLog } from './change-log.ts';
import type { Versions } from './versions.ts';

/**
 * A small write. It checks before it changes anything: an AppError that it throws by itself refuses this operation alone
 * and leaves its neighbours. `changed` says what it wrote to: tables, and the keys by which their change log goes.
 */
export type WriteOperation<T> = (writer: Writer) => Promise<{ readonly value: T; readonly changed: Changed }>;
export type Changed = Readonly<Record<string, ChangedKeys>>;

export type WriteQueue = {
  /** The operation's value, when its transaction is committed and every later read sees it. */
  submit<T>(operation: WriteOperation<T>): Promise<T>;
};

type Parts = { readonly warehouse: Warehouse; readonly versions: Versions; readonly changes: ChangeLog };

/** Operations of one transaction: a commit waits for the disk, so many share it. */
const TOGETHER = 500;

type Waiting = { readonly operation: WriteOperation<unknown>; readonly settle: (outcome: Outcome) => void };
type Outcome = { readonly value: unknown } | { readonly error: unknown };
type Ran = { readonly outcome: Outcome; readonly changed: Changed };

export function writeQueue({ warehouse, versions, changes }: Parts, tenant: Tenant): WriteQueue {
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) await runTogether(waiting.splice(0, TOGETHER));
    isRunning = false;
  }

  async function runTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      const ran = await commit(batch);
      batch.forEach(({ settle }, i) => settle(ran[i]!.outcome));
    } catch (error) {
      if (batch.length === 1) return batch[0]!.settle({ error });
      for (const one of batch) await runTogether([one]);
    }
  }

  async function commit(batch: readonly Waiting[]): Promise<readonly Ran[]> {
    let changed: Changed = {};
    const ran = await warehouse.write(tenant, async (writer) => {
      const done: Ran[] = [];
      for (const { operation } of batch) done.push(await runOne(operation, writer));
      changed = together(done.map((one) => one.changed));
      if (Object.keys(changed).length > 0) await raiseDataVersions(writer, Object.keys(changed));
      return done;
    });
    // In one turn: whoever sees the new version finds what changed with it.
    versions.raise(Object.keys(changed));
    for (const [table, version] of Object.entries(versions.numbers(Object.keys(changed))))
      changes.note(table, version, changed[table]!);
    return ran;
  }

  return {
    submit<T>(operation: WriteOperation<T>) {
      return new Promise<T>((resolve, reject) => {
        waiting.push({
          operation,
          settle: (outcome) => ('error' in outcome ? reject(outcome.error as Error) : resolve(outcome.value as T)),
        });
        if (isRunning) return;
        isRunning = true;
        // What arrives in the same turn shares the first transaction.
        setImmediate(() => void drain());
      });
    },
  };
}

/** What the operation refuses is its outcome; what the warehouse refuses breaks the transaction. */
async function runOne(operation: WriteOperation<unknown>, writer: Writer): Promise<Ran> {
  try {
    const { value, changed } = await operation(writer);
    return { outcome: { value }, changed };
  } catch (error) {
    if (!(error instanceof AppError) || /^(warehouse|statement)\./.test(error.code)) throw error;
    return { outcome: { error }, changed: {} };
  }
}

function together(all: readonly Changed[]): Changed {
  const merged: Record<string, ChangedKeys> = {};
  for (const [table, keys] of all.flatMap((one) => Object.entries(one))) {
    const known = merged[table] ?? [];
    merged[table] = known === 'all' || keys === 'all' ? 'all' : [...known, ...keys];
  }
  return merged;
}
