/*
 * All writes of a tenant, one after the other; small ones that wait share a transaction, and those of one set their
 * statements:
 *
 *   submit ─ waiting ─┬─ one transaction: set or operation, … ─ commit ─ versions raised ─ each acknowledged
 *      503 ─ too long ┘  rolled back? once more; it broke, or rows change all the time? its halves, each by itself
 */
import { setTimeout as pause } from 'node:timers/promises';
import { countWrites, prepareDataVersions } from '../data/warehouse/data-version.ts';
import { abortReason } from '../data/warehouse/deadline.ts';
import type { StatementTag, Warehouse, Writer } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedKeys, ChangeLog } from './change-log.ts';
import type { Versions } from './versions.ts';
import { waitingFor, type Waiting } from './waiting-write.ts';
import { tableNow } from './table-now.ts';
import {
  isWrittenMeanwhile,
  joinedOf,
  type Changed,
  type JoinedWrite,
  type QueuedWriter,
  type Write,
  type WriteOutcome,
} from './write-operation.ts';

export type WriteQueue = {
  /**
   * The write's value, when its transaction is committed and every later read sees it. Throws warehouse.busy when it has
   * waited for `waitSeconds`: then it is certainly not carried out. With a signal it waits as long as it takes, and
   * leaves the queue with the signal's reason. Throws write.rolled_back when its transaction was rolled back TRIES times,
   * and write.unknown when nobody can tell whether it was committed. `tag`: for whom its statements run.
   */
  submit<T>(write: Write<T>, signal?: AbortSignal, tag?: StatementTag): Promise<T>;
};

type Parts = {
  readonly warehouse: Warehouse;
  readonly versions: Pick<Versions, 'raise' | 'numbers'>;
  readonly changes: ChangeLog;
  /** Without, nothing waits too long. */
  readonly waitSeconds?: number;
};

/** Writes of one transaction: a commit waits for the disk, so many share it. */
const TOGETHER = 500;
/** A tenth of what a transaction takes, or less. */
const GATHER_MS = 2;
/** Times that a transaction is begun which was rolled back, and milliseconds between the first two. */
const TRIES = 3;
const AGAIN_MS = 50;
/** What one write of a transaction may have brought about; other faults are those of the whole. */
const OF_ONE = ['warehouse.failed', 'statement.out_of_memory'];

export function writeQueue(
  { warehouse, versions, changes, waitSeconds = Infinity }: Parts,
  tenant: Tenant,
): WriteQueue {
  const waiting = new Set<Waiting>();
  let isRunning = false;
  let isPrepared = false;

  async function drain(): Promise<void> {
    while (waiting.size > 0) {
      const together = await runTogether(waiting);
      // Whoever was answered just now may come back at once: one transaction for all of them, not two by turns.
      if (together > 1) await pause(GATHER_MS);
    }
    isRunning = false;
  }

  /** Carries out those that still wait when the writer is free (until then they may give up), and says how many. */
  async function runTogether(from: Set<Waiting>, isContested = false): Promise<number> {
    let taken: Waiting[] | undefined;
    const take = () => {
      taken ??= [...from.values().take(TOGETHER)].filter((one) => from.delete(one) && one.begin());
      return taken;
    };
    try {
      const outcomes = await commitSometime(take, isContested);
      taken!.forEach(({ settle }, i) => settle(outcomes[i]!));
      return taken!.length;
    } catch (error) {
      const failed = taken ?? take();
      const isOne = isWrittenMeanwhile(error);
      if (failed.length > 1 && (isOne || OF_ONE.includes(codeOf(error) ?? ''))) await runHalves(failed, isOne);
      else for (const { settle } of failed) settle({ error });
      return failed.length;
    }
  }

  async function runHalves(failed: readonly Waiting[], isContested: boolean): Promise<void> {
    const middle = failed.length >> 1;
    for (const half of [failed.slice(0, middle), failed.slice(middle)]) {
      // What broke may have been the answer to a commit: no id is new any more.
      const again = new Set(half.map((one) => ({ ...one, write: withoutNewId(one.write) })));
      for (const one of again) one.wait(() => again.delete(one));
      await runTogether(again, isContested);
    }
  }

  /** What was certainly rolled back is done again: the connection had broken, or others had written the same rows. */
  async function commitSometime(
    take: () => readonly Waiting[],
    isContested: boolean,
  ): Promise<readonly WriteOutcome<unknown>[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await commit(take);
      } catch (error) {
        // Halves of what others kept writing: it is long enough that they wait.
        const last = isContested && isWrittenMeanwhile(error) ? 1 : TRIES;
        if (codeOf(error) !== 'write.rolled_back' || tries === last) throw error;
        await pause(AGAIN_MS * tries);
      }
    }
  }

  async function commit(take: () => readonly Waiting[]): Promise<readonly WriteOutcome<unknown>[]> {
    let changed: Changed = {};
    const work = async (writer: Writer) => {
      const done: Done[] = [];
      const isAsCommitted = tableNow(writer, versions, isPrepared, (table) => isChangedBy(done, table));
      await runAll(take(), { ...writer, isAsCommitted }, done);
      changed = together(done.map((one) => one.changed));
      const tables = Object.keys(changed);
      // Where others write too the warehouse itself says what changed.
      if (warehouse.isShared) return done.flatMap((one) => one.outcomes);
      if (tables.length > 0 && !isPrepared) await prepareDataVersions(writer);
      await countWrites(writer, tables);
      return done.flatMap((one) => one.outcomes);
    };
    const outcomes = await warehouse.write(tenant, work).catch((error: unknown) => {
      // It may be stored: what is known of the tables holds no more.
      if (codeOf(error) === 'write.unknown') versions.raise(Object.keys(changed));
      throw error;
    });
    const tables = Object.keys(changed);
    isPrepared ||= tables.length > 0 && !warehouse.isShared;
    // In one turn: whoever sees the new version finds what changed with it.
    versions.raise(tables);
    for (const [table, version] of Object.entries(versions.numbers(tables)))
      changes.note(table, version, changed[table]!);
    return outcomes;
  }

  return {
    submit<T>(write: Write<T>, signal?: AbortSignal, tag?: StatementTag) {
      return new Promise<T>((resolve, reject) => {
        if (signal?.aborted === true) return reject(abortReason(signal));
        const one = waitingFor(
          joinedOf(write),
          signal === undefined ? waitSeconds : signal,
          (outcome) => ('error' in outcome ? reject(outcome.error as Error) : resolve(outcome.value as T)),
          tag,
        );
        one.wait(() => waiting.delete(one));
        waiting.add(one);
        if (isRunning) return;
        isRunning = true;
        // What arrives in the same turn shares the first transaction.
        setImmediate(() => void drain());
      });
    },
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof AppError ? error.code : undefined;
}

function withoutNewId({ set, item }: JoinedWrite<unknown>): JoinedWrite<unknown> {
  return { set, item: { ...item, hasNewId: false } };
}

type Done = { readonly outcomes: readonly WriteOutcome<unknown>[]; readonly changed: Changed };

/** In order; neighbours of one set as one. */
async function runAll(batch: readonly Waiting[], writer: QueuedWriter, done: Done[]): Promise<void> {
  for (let from = 0; from < batch.length;) {
    const { write, tag } = batch[from]!;
    const { set } = write;
    const end = batch.findIndex((one, i) => i > from && one.write.set !== set);
    const group = batch.slice(from, end < 0 ? batch.length : end);
    // Of several it is that of their analysis alone.
    const own = group.length === 1 ? tag : { analysis: tag?.analysis };
    done.push(await set(group.map((one) => one.write.item))(tag === undefined ? writer : tagged(writer, own)));
    from += group.length;
  }
}

function tagged(writer: QueuedWriter, tag: StatementTag | undefined): QueuedWriter {
  return {
    ...writer,
    run: (text, params) => writer.run(text, params, tag),
    query: (text, params) => writer.query(text, params, tag),
  };
}

function isChangedBy(done: readonly Done[], table: string): boolean {
  return done.some(({ changed }) => Object.hasOwn(changed, table));
}

function together(all: readonly Changed[]): Changed {
  const merged: Record<string, ChangedKeys> = {};
  for (const [table, keys] of all.flatMap((one) => Object.entries(one))) {
    const known = merged[table] ?? [];
    merged[table] = known === 'all' || keys === 'all' ? 'all' : [...known, ...keys];
  }
  return merged;
}
