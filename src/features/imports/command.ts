import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readSettings, type Settings } from '../../config/settings.ts';
import type { ImportPlan } from '../../data/catalog/import-plan.ts';
import { readImportPlan } from '../../data/catalog/read-import-plan.ts';
import { dataPaths, makeDataFolders, type DataPaths } from '../../data/source.ts';
import { importReports } from '../../data/state/import-reports.ts';
import { openState } from '../../data/state/open-state.ts';
import { tenant, type Tenant } from '../../data/warehouse/tenant.ts';
import { AppError } from '../../lib/app-error.ts';
import { progressLines } from '../../lib/progress-lines.ts';
import { stopOnSignals } from '../../lib/stop-on-signals.ts';
import { lockImports } from './account/import-lock.ts';
import { readOptions, type ImportIo, type Options } from './command-options.ts';
import { openImportTarget } from './import-target.ts';
import { keepCatalog } from './keep-catalog.ts';
import type { ImportReport } from './model.ts';
import { printReport } from './report.ts';
import { runImport } from './service.ts';
import { isSystemError } from '../../lib/system-error.ts';

/**
 *     arguments -> plan -> database (a new one under another name) -> runImport -> database and catalog kept -> report
 */
export async function importCommand(args: readonly string[], io: ImportIo): Promise<number> {
  const options = readOptions(args, io);
  if (typeof options === 'number') return options;
  try {
    const settings = readSettings(io.env);
    const paths = dataPaths(settings);
    const plan = await readPlan(options);
    makeDataFolders(paths);
    const release = lockImports({ settings, paths });
    try {
      const report = await importInto(paths, settings, plan, options, io);
      for (const line of options.json ? [JSON.stringify(report, null, 2)] : printReport(report)) io.stdout(line);
      if (report.outcome === 'imported') await keep(paths, plan, options.data, options.json ? io.stderr : io.stdout);
      return report.outcome === 'failed' ? 1 : 0;
    } finally {
      release();
    }
  } catch (error) {
    if (isSystemError(error)) io.stderr(error.message);
    else if (error instanceof AppError)
      io.stderr(error.code === 'warehouse.locked' ? `${error.detail}\n${LOCKED}` : error.detail);
    else throw error;
    return 1;
  }
}

const LOCKED =
  'Nothing was changed. A service that runs on this DATA_DIR imports by itself: POST /v1/imports (docs/imports.md). Or stop it, import, and start it again.';

async function readPlan({ catalog, data, overrides }: Options): Promise<ImportPlan> {
  let text: string;
  try {
    text = await readFile(catalog, 'utf8');
  } catch (cause) {
    throw new AppError('import.failed', `the catalog cannot be read: ${(cause as Error).message}`, { cause });
  }
  return readImportPlan(text, catalog, data, overrides);
}

async function importInto(
  paths: DataPaths,
  settings: Settings,
  plan: ImportPlan,
  { data, isDryRun }: Options,
  io: ImportIo,
): Promise<ImportReport> {
  const owner = tenant('default');
  const folder = data ?? dirname(plan.file);
  const target = await openImportTarget({
    settings,
    paths,
    owner,
    catalog: { file: plan.file, text: plan.text, folder },
  });
  const lines = progressLines(io.stderr, { now: Date.now, isTerminal: io.isTerminal ?? false });
  const stopping = stopOnSignals();
  const workDir = join(paths.root, 'processed', 'import');
  const run = { plan, dataDir: data, isDryRun, target, settings, workDir };
  let isStored = false;
  const importNow = async ({ id, startedAt }: { id: string; startedAt: string }) => {
    const report = await runImport({
      ...run,
      now: Date.now,
      progress: lines.progress,
      signal: stopping.signal,
      record: (soFar) => ({ id, startedAt, report: soFar, plan, folder }),
    });
    isStored = report.outcome === 'imported';
    if (isStored) await target.keep();
    return report;
  };
  try {
    return await recorded(paths, owner, plan, importNow, io.stderr);
  } finally {
    stopping.release();
    lines.stop();
    if (!isStored) await target.discard();
  }
}

/** Keeps what an import did among the service's own records; one that was killed is settled by the next start of the service. */
async function recorded(
  paths: DataPaths,
  owner: Tenant,
  plan: ImportPlan,
  run: (record: { id: string; startedAt: string }) => Promise<ImportReport>,
  say: (line: string) => void,
): Promise<ImportReport> {
  const state = openState({ file: paths.state, clock: () => new Date() });
  try {
    const reports = importReports(state);
    const started = await reports.start(owner, plan.file);
    const report = await run(started);
    // What was done was done: a full disk must not hide it.
    await reports.finish(owner, started.id, report.outcome, report).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      say(`the record of this import could not be completed: ${error.detail}`);
    });
    return report;
  } finally {
    state.close();
  }
}

async function keep(
  paths: DataPaths,
  plan: ImportPlan,
  dataDir: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  const kept = await keepCatalog(paths.catalog, plan, dataDir).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('import.failed', `the rows are stored, but the catalog could not be kept: ${why}`, { cause });
  });
  if (kept === 'foreign') {
    say(`${paths.catalog} was not written by an import and stays: to serve by this one, set CATALOG=${plan.file}`);
  }
  say('next: npm start (a service that runs on this DATA_DIR serves it after POST /v1/admin/catalog:reload)');
}
