import { mkdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { ImportPlan, ImportSource } from '../../data/catalog/import-plan.ts';
import type { Writer } from '../../data/warehouse/port.ts';
import { AppError } from '../../lib/app-error.ts';
import type { ImportTarget } from './import-target.ts';
import type { CommitRecord } from './jobs/commit-record.ts';
import { isUnknown } from './account/repeat.ts';
import type { ImportReport, Progress, SourceReport, TableReport } from './model.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { openRejectsFile, type Rejected, type RejectsFile } from './rejects-file.ts';
import { readySource, type ReadySource } from './sources/source.ts';
import type { Reject } from './sources/source-model.ts';
import { sourceReport } from './sources/source-report.ts';
import { fillTables } from './tables/transaction.ts';

export type ImportOptions = {
  readonly plan: ImportPlan;
  /** Folder that the files of the sources are relative to; that of the catalog when left out. */
  readonly dataDir?: string | undefined;
  readonly isDryRun?: boolean | undefined;
  readonly target: Pick<ImportTarget, 'store'>;
  readonly settings: Pick<Settings, 'REJECT_SAMPLES' | 'IMPORT_RECORD_BYTES' | 'IMPORT_BYTES'>;
  /** Folder of this import alone, for copies of files that cannot be read as they are: emptied before, removed after. */
  readonly workDir: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly progress?: Progress | undefined;
  /** Filled while the import runs, for whoever wants to look; the report holds the same. */
  readonly findings?: Findings | undefined;
  /** Where every rejected record and row is written (rejects-file.ts), whatever becomes of the import. */
  readonly rejectsFile?: string | undefined;
  /** Makes what is stored of the import in the transaction of its rows. It is asked right before the commit, and not by a dry run. */
  readonly record?: ((report: ImportReport) => CommitRecord) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** What is known so far: a failed import reports it too. */
export type Findings = { readonly sources: SourceReport[]; readonly tables: TableReport[] };

/** Thrown to roll back a dry run. */
class DryRunEnd extends Error {}

/**
 * Fills the managed tables that the plan names from its files, all or nothing:
 *
 *     files -> checked record by record (csv-scan.ts) -> views -> the plan's SQL, kept in temporary tables -> rules -> tables
 *
 * Everything from the views on is one transaction of a DuckDB: the one with the tables, or one beside an account
 * (import-target.ts). The report is plain JSON. What the data, the engine or the disk refuses is a report with outcome `failed` and its problem, and nothing was
 * changed; so is a signal, with outcome `cancelled` when its reason is an `import.cancelled`. Only faults of our own are
 * thrown.
 */
export async function runImport(options: ImportOptions): Promise<ImportReport> {
  const { now, signal, workDir } = options;
  const started = now();
  const findings = options.findings ?? { sources: [], tables: [] };
  let phase = 'starting';
  const progress: Progress = (next, detail, rowsDone) => {
    phase = next;
    options.progress?.(next, detail, rowsDone);
    signal?.throwIfAborted();
  };
  const finish = (outcome: ImportReport['outcome'], problem: string | null): ImportReport => ({
    outcome,
    problem,
    catalog: options.plan.file,
    startedAt: new Date(started).toISOString(),
    seconds: (now() - started) / 1000,
    ...findings,
  });
  let rejects: RejectsFile | undefined;
  try {
    await rm(workDir, { recursive: true, force: true });
    await mkdir(workDir, { recursive: true });
    rejects = options.rejectsFile === undefined ? undefined : openRejectsFile(options.rejectsFile);
    const sources = await readySources(options, { findings, progress, rejects });
    const done = () => finish('imported', null);
    return finish(await store(options, { sources, findings, progress, rejects, done }), null);
  } catch (error) {
    // Nobody knows whether the rows are there: a report that says either would lie.
    if (isUnknown(error)) throw error;
    if (signal?.aborted) return finish(isCancelled(signal) ? 'cancelled' : 'failed', `stopped while ${phase}`);
    if (error instanceof AppError) return finish('failed', `${phase}: ${problemOf(error)}`);
    if (isSystemError(error)) return finish('failed', `${phase}: ${error.message}`);
    throw error;
  } finally {
    // It was written before the commit; what is lost here belongs to an import that failed.
    await rejects?.close().catch(() => undefined);
    // What cannot be removed now, the next import removes; the outcome is what counts.
    await rm(workDir, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isCancelled({ reason }: AbortSignal): boolean {
  return reason instanceof AppError && reason.code === 'import.cancelled';
}

type Reading = {
  readonly findings: Findings;
  readonly progress: Progress;
  readonly rejects: RejectsFile | undefined;
};
type Work = Reading & {
  readonly sources: readonly ReadySource[];
  /** The report of an import whose rows are stored. */
  readonly done: () => ImportReport;
};

async function store(options: ImportOptions, { done, ...work }: Work): Promise<'imported' | 'checked'> {
  const { settings, signal, workDir } = options;
  const limits = { samples: settings.REJECT_SAMPLES, maxBytes: settings.IMPORT_RECORD_BYTES };
  const fill = async (writer: Writer, plan: ImportPlan, beforeChecks?: () => Promise<void>) => {
    const rows = await fillTables(writer, { plan, ...work, ...limits, beforeChecks });
    if (options.isDryRun) throw new DryRunEnd();
    return rows;
  };
  const record = () => options.record?.(done());
  try {
    await options.target.store({ plan: options.plan, workDir, progress: work.progress, signal, fill, record });
    return 'imported';
  } catch (error) {
    if (error instanceof DryRunEnd) return 'checked';
    throw error;
  }
}

async function readySources(options: ImportOptions, { findings, progress, rejects }: Reading): Promise<ReadySource[]> {
  const { plan, settings, workDir, signal } = options;
  const folder = options.dataDir ?? dirname(plan.file);
  const ready: ReadySource[] = [];
  for (const source of plan.sources) {
    progress(`checking ${source.file}`, '');
    const path = resolve(folder, source.file);
    const limits = { maxBytes: settings.IMPORT_RECORD_BYTES, samples: settings.REJECT_SAMPLES };
    const onReject = rejects && ((rejected: Reject) => rejects.add(recordOf(source, rejected)));
    const reading = { ...limits, fileBytes: settings.IMPORT_BYTES, workDir, progress, signal, onReject };
    const one = await readySource(source, path, reading);
    ready.push(one);
    findings.sources.push(sourceReport(one));
  }
  return ready;
}

function recordOf({ name }: ImportSource, { line, reason, text }: Reject): Rejected {
  return { part: name, reason, line, row: null, record: text, values: null };
}

/** The engine's own words help the author of the SQL; they are the cause of our error. */
function problemOf(error: AppError): string {
  return error.code === 'warehouse.failed' && error.cause instanceof Error ? error.cause.message : error.detail;
}
