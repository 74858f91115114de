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
import type { Versions } from './versions.ts';

/**
 * A small write. It checks before it changes anything: an AppError that it throws by itself refuses this operation alone
 * and leaves its neighbours. `changed` names the tables that it wrote to.
 */
export type WriteOperation<T> = (writer: Writer) => Promise<{ readonly value: T; readonly changed: readonly string[] }>;

export type WriteQueue = {
  /** The operation's value, when its transaction is committed and every later read sees it. */
  submit<T>(operation: WriteOperation<T>): Promise<T>;
};

/** Operations of one transaction: a commit waits for the disk, so many share it. */
const TOGETHER = 500;

type Waiting = { readonly operation: WriteOperation<unknown>; readonly settle: (outcome: Outcome) => void };
type Outcome = { readonly value: unknown } | { readonly error: unknown };
type Ran = { readonly outcome: Outcome; readonly changed: readonly string[] };

export function writeQueue(warehouse: Warehouse, tenant: Tenant, versions: Versions): WriteQueue {
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
    let changed: string[] = [];
    const ran = await warehouse.write(tenant, async (writer) => {
      const done: Ran[] = [];
      for (const { operation } of batch) done.push(await runOne(operation, writer));
      changed = [...new Set(done.flatMap((one) => one.changed))];
      if (changed.length > 0) await raiseDataVersions(writer, changed);
      return done;
    });
    if (changed.length > 0) versions.raise(changed);
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
    return { outcome: { error }, changed: [] };
  }
}
