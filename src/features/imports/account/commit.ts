import { setTimeout as wait } from 'node:timers/promises';
import type { Writer } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import { readRecord, writeRecord, type CommitRecord } from '../jobs/commit-record.ts';
import { numberOf } from '../tables/table-report.ts';
import { IMPORT_SECONDS } from './import-seconds.ts';
import type { LoadNames } from './left-stages.ts';
import type { Loading } from './load.ts';
import * as statements from './load-statements.ts';
import { isRolledBack, isUnknown } from './repeat.ts';
import type { Load } from './shipment.ts';

export type Committing = Loading & {
  /** Asked once for each try that comes as far, right before its commit. */
  readonly record: () => CommitRecord | undefined;
  /** Between two looks at an account that does not answer. */
  readonly pauseMs?: number | undefined;
};

const TRIES = 3;

/**
 * Puts the rows in place with the record, in one transaction. When its answer is lost, the record says what became of it,
 * and nothing else: it is looked for until the account answers. Throws `import.failed` when others changed in the
 * meantime what the checks had found, `write.unknown` when it is given up before that is known.
 */
export async function commitLoads(loads: readonly Load[], names: LoadNames, committing: Committing): Promise<void> {
  const { warehouse, owner, signal } = committing;
  let isDoubtful = false;
  let record: CommitRecord | undefined;
  for (let tried = 1; ; tried += 1) {
    try {
      await warehouse.write(
        owner,
        async (writer) => {
          for (const load of loads) await putInPlace(writer, load, names.tables[load.table]!);
          await checkReferences(writer, loads, names);
          record = committing.record();
          if (record !== undefined) await writeRecord(writer, record, committing.place);
        },
        { signal, seconds: IMPORT_SECONDS },
      );
      return;
    } catch (error) {
      isDoubtful ||= isUnknown(error);
      if (isDoubtful && record !== undefined && (await isStored(record, error, committing))) return;
      if (tried === TRIES || !(isUnknown(error) || isRolledBack(error))) throw error;
    }
  }
}

async function isStored(record: CommitRecord, error: unknown, committing: Committing): Promise<boolean> {
  const { warehouse, owner, place, signal, progress, pauseMs = 2000 } = committing;
  for (;;) {
    try {
      return (await readRecord(warehouse, owner, record, place)) !== undefined;
    } catch (failure) {
      if (!(failure instanceof AppError)) throw failure;
      const detail =
        'It is not known whether the rows were stored: the account does not answer. The next start of the service looks.';
      const unknown = new AppError('write.unknown', detail, { cause: error });
      if (signal?.aborted) throw unknown;
      await wait(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
        throw unknown;
      });
    }
    // It may throw when the import is to stop, which it cannot before this is known.
    try {
      progress('committing', 'waiting for the account to say whether the rows are stored');
    } catch {
      continue;
    }
  }
}

async function putInPlace(writer: Writer, load: Load, staging: string): Promise<void> {
  const { table, mode, rows, replaced } = load;
  if (mode === 'replace') {
    await writer.run(statements.deleteAll(table));
    if (rows > 0) requireRows(load, rows, await writer.run(statements.insertAll(load, staging)));
    return;
  }
  if (mode === 'upsert') requireRows(load, replaced, await writer.run(statements.deleteReplaced(load, staging)));
  requireRows(load, rows, await writer.run(statements.insertFree(load, staging)));
}

function requireRows({ table }: Load, expected: number, changed: number): void {
  if (expected !== changed) throw changedMeanwhile(table);
}

async function checkReferences(writer: Writer, loads: readonly Load[], { tables }: LoadNames): Promise<void> {
  for (const text of statements.referencesToCheck(loads, tables)) {
    if ((await numberOf(writer, text)) > 0) throw changedMeanwhile('customers or products');
  }
}

function changedMeanwhile(what: string): AppError {
  return new AppError(
    'import.failed',
    `somebody else changed ${what} while the rows were checked; run the import again`,
  );
}
