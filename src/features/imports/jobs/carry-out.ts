import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import { AppError } from '../../../lib/app-error.ts';
import { isSystemError } from '../../../lib/system-error.ts';
import { recordImport } from './commit-record.ts';
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
  const { owner, settings, now } = host;
  const target = await host.openTarget();
  let catalogStays = () => {};
  const report = await runImport({
    plan,
    dataDir: folder,
    isDryRun,
    warehouse: target.warehouse,
    tenant: owner,
    settings,
    workDir: join(host.paths.root, 'processed', `import-${task.id}`),
    rejectsFile,
    findings,
    now,
    progress,
    signal,
    beforeCommit: async (writer, soFar) => {
      await recordImport(writer, { ...task, report: soFar });
      if (plan.text !== '') catalogStays = host.expectCatalog();
    },
  }).catch(async (error: unknown) => {
    catalogStays();
    await target.discard();
    throw error;
  });
  if (report.outcome !== 'imported') {
    catalogStays();
    await target.discard();
    return report;
  }
  const release = host.hold();
  try {
    await target.keep();
    if (plan.text !== '') await keepCatalog(host.paths.catalog, plan, folder);
    await host.serve();
    return report;
  } catch (error) {
    if (!(error instanceof AppError || isSystemError(error))) throw error;
    const why = error instanceof AppError ? error.detail : error.message;
    return { ...report, problem: `the rows are stored, but they are not served yet: ${why}` };
  } finally {
    release();
  }
}

/** Whether the kept catalog reads files of this folder. */
export async function isFolderServed(catalog: string, folder: string): Promise<boolean> {
  const text = await readFile(catalog, 'utf8').catch(() => '');
  return text.includes(folder);
}
