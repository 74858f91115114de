import { join } from 'node:path';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import { AppError } from '../../../lib/app-error.ts';
import { isSystemError } from '../../../lib/system-error.ts';
import type { ImportHost } from './host.ts';
import { keepCatalog } from '../keep-catalog.ts';
import type { ImportReport, Progress } from '../model.ts';
import { runImport, type Findings } from '../service.ts';

export type Task = {
  readonly id: string;
  readonly startedAt: string;
  readonly plan: ImportPlan;
  readonly folder: string;
  readonly isDryRun: boolean;
  readonly rejectsFile: string;
  readonly findings: Findings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
};

/**
 * Runs an import in the service and serves what came of it: between the commit and the new catalog requests wait, so
 * that nobody meets the rows of one with the columns of the other.
 */
export async function carryOut(host: ImportHost, task: Task): Promise<ImportReport> {
  const { plan, folder, isDryRun, rejectsFile, findings, progress, signal } = task;
  const { settings, now } = host;
  const target = await host.openTarget();
  let catalogStays = () => {};
  const undo = async () => {
    catalogStays();
    await target.discard();
  };
  const report = await runImport({
    plan,
    dataDir: folder,
    isDryRun,
    target,
    settings,
    workDir: join(host.paths.root, 'processed', `import-${task.id}`),
    rejectsFile,
    findings,
    now,
    progress,
    signal,
    record: (soFar) => {
      catalogStays();
      catalogStays = host.expectCatalog();
      return { ...task, report: soFar };
    },
  }).catch(async (error: unknown) => {
    await undo();
    throw error;
  });
  if (report.outcome !== 'imported') {
    await undo();
    return report;
  }
  const release = host.hold();
  try {
    await target.keep();
    return { ...report, problem: await serveIt(host, task) };
  } finally {
    release();
  }
}

/** Why the rows, which are stored, are not served; null when they are. */
async function serveIt(host: ImportHost, { id, plan, folder }: Task): Promise<string | null> {
  try {
    if (plan.text !== '') await keepCatalog(host.paths.catalog, plan, folder);
    await host.serve();
    return null;
  } catch (error) {
    return `the rows are stored, but they are not served yet: ${wordsOf(error, host, id)}`;
  }
}

/** What a report says of an error. What is our own fault is for the log. */
export function wordsOf(error: unknown, { log }: ImportHost, importId: string): string {
  if (error instanceof AppError) return error.detail;
  if (isSystemError(error)) return error.message;
  log.error({ err: error, importId }, 'an import met a fault of the service');
  return 'an unexpected fault; see the log';
}
