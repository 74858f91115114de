import { AppError } from '../lib/app-error.ts';
import type { StatementTag } from '../data/warehouse/port.ts';
import type { BulkLine, BulkOperation, BulkResult } from './bulk-writes.ts';
import { settled } from './settled-write.ts';
import type { WriteQueue } from './write-queue.ts';

/**
 * Writes lines in one transaction; when the warehouse refuses it as a whole, each line in one of its own, so that what
 * one line cannot have does not fail its neighbours; when nobody can tell whether it was stored, the rows are looked at. Stops with the signal's reason between transactions. Other
 * errors of the warehouse (a full disk, too much memory) are the answer of each line.
 */
export function bulkTransactions(
  queue: WriteQueue,
  operation: BulkOperation,
  tag?: StatementTag,
): (lines: readonly BulkLine[], signal: AbortSignal) => Promise<readonly BulkResult[]> {
  return async function apply(lines, signal) {
    signal.throwIfAborted();
    try {
      return await settled(
        () => queue.submit(operation(lines), signal, tag),
        () => queue.submit(operation(lines, true), signal, tag),
      );
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (lines.length === 1 || error.code !== 'warehouse.failed')
        return lines.map((given) => ({
          line: given.line,
          id: given.id,
          outcome: 'failed' as const,
          error: 'error' in given ? given.error : error,
        }));
      const results: BulkResult[] = [];
      // What broke may have been the answer to a commit: no id is new any more.
      for (const line of lines) results.push(...(await apply([{ ...line, hasNewId: false }], signal)));
      return results;
    }
  };
}
