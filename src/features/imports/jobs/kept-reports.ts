import type { ImportReport, ImportReports } from '../../../data/state/import-reports.ts';
import { AppError } from '../../../lib/app-error.ts';

/**
 * The same records for this process, also while they cannot be written (a full disk): how an import ended is kept in
 * memory then, shown from there, and written as soon as it can be. `now`: milliseconds since 1970.
 */
export function keptReports(reports: ImportReports, now: () => number): ImportReports & { writeKept(): Promise<void> } {
  type Ended = Pick<ImportReport, 'finishedAt' | 'report'> & { outcome: Exclude<ImportReport['outcome'], 'running'> };
  const kept = new Map<string, { readonly ended: Ended; readonly write: () => Promise<void> }>();
  const shown = (one: ImportReport): ImportReport => ({ ...one, ...kept.get(one.id)?.ended });

  async function writeKept(): Promise<void> {
    for (const [id, { write }] of kept) {
      const isWritten = await write().then(
        () => true,
        () => false,
      );
      if (isWritten) kept.delete(id);
    }
  }
  return {
    async start(...given) {
      await writeKept();
      return reports.start(...given);
    },
    async finish(tenant, id, outcome, report) {
      const write = () => reports.finish(tenant, id, outcome, report);
      await write().catch((error: unknown) => {
        if (error instanceof AppError)
          kept.set(id, { ended: { outcome, report, finishedAt: new Date(now()).toISOString() }, write });
        throw error;
      });
    },
    async get(tenant, id) {
      await writeKept();
      const found = await reports.get(tenant, id);
      return found && shown(found);
    },
    async list(tenant, limit) {
      await writeKept();
      return (await reports.list(tenant, limit)).map(shown);
    },
    writeKept,
  };
}
