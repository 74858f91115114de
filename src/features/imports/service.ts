import { mkdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { ImportPlan } from '../../data/catalog/import-plan.ts';
import type { Warehouse, Writer } from '../../data/warehouse/port.ts';
import type { Tenant } from '../../data/warehouse/tenant.ts';
import { AppError } from '../../lib/app-error.ts';
import type { ImportReport, Progress, SourceReport, TableReport } from './model.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { readySource, type ReadySource } from './source.ts';
import { fillTables, sourceReport } from './transaction.ts';

export type ImportOptions = {
  readonly plan: ImportPlan;
  /** Folder that the files of the sources are relative to; that of the catalog when left out. */
  readonly dataDir?: string | undefined;
  readonly isDryRun?: boolean | undefined;
  readonly warehouse: Pick<Warehouse, 'write'>;
  readonly tenant: Tenant;
  readonly settings: Pick<Settings, 'REJECT_SAMPLES' | 'IMPORT_RECORD_BYTES'>;
  /** Folder of this import alone, for copies of files that cannot be read as they are: emptied before, removed after. */
  readonly workDir: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** What is known so far: a failed import reports it too. */
export type Findings = { readonly sources: SourceReport[]; readonly tables: TableReport[] };

/** Thrown to roll back a dry run. */
class DryRunEnd extends Error {}

/**
 * Fills the managed tables that the plan names from its files, all or nothing, and replaces what they held:
 *
 *     files -> checked record by record (csv-scan.ts) -> temporary tables -> the plan's SQL -> rules -> tables
 *
 * Everything from the temporary tables on is one transaction, in which the data versions are raised. The report is
 * plain JSON. What the data, the engine or the disk refuses is a report with outcome `failed` and its problem, and nothing was
 * changed; only faults of our own are thrown.
 */
export async function runImport(options: ImportOptions): Promise<ImportReport> {
  const { now, signal, workDir } = options;
  const started = now();
  const findings: Findings = { sources: [], tables: [] };
  let phase = 'starting';
  const progress: Progress = (next, detail) => {
    phase = next;
    options.progress?.(next, detail);
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
  try {
    await rm(workDir, { recursive: true, force: true });
    await mkdir(workDir, { recursive: true });
    const sources = await readySources(options, findings, progress);
    return finish(await store(options, { sources, findings, progress }), null);
  } catch (error) {
    if (signal?.aborted) return finish('failed', `stopped while ${phase}`);
    if (error instanceof AppError) return finish('failed', `${phase}: ${problemOf(error)}`);
    if (isSystemError(error)) return finish('failed', `${phase}: ${error.message}`);
    throw error;
  } finally {
    // What cannot be removed now, the next import removes; the outcome is what counts.
    await rm(workDir, { recursive: true, force: true }).catch(() => undefined);
  }
}

type Work = { readonly sources: readonly ReadySource[]; readonly findings: Findings; readonly progress: Progress };

async function store(options: ImportOptions, work: Work): Promise<'imported' | 'checked'> {
  const { plan, tenant, warehouse, settings, signal } = options;
  const limits = { samples: settings.REJECT_SAMPLES, maxBytes: settings.IMPORT_RECORD_BYTES };
  // The warehouse may translate what is thrown inside; this is what it was.
  let thrown: unknown;
  const fill = async (writer: Writer) => {
    try {
      await fillTables(writer, { plan, ...work, ...limits });
      if (options.isDryRun) throw new DryRunEnd();
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  try {
    await warehouse.write(tenant, fill, signal === undefined ? {} : { signal });
    return 'imported';
  } catch (error) {
    if (thrown instanceof DryRunEnd) return 'checked';
    throw thrown ?? error;
  }
}

async function readySources(options: ImportOptions, findings: Findings, progress: Progress): Promise<ReadySource[]> {
  const { plan, settings, workDir, signal } = options;
  const folder = options.dataDir ?? dirname(plan.file);
  const ready: ReadySource[] = [];
  for (const source of plan.sources) {
    progress(`checking ${source.file}`, '');
    const path = resolve(folder, source.file);
    const limits = { maxBytes: settings.IMPORT_RECORD_BYTES, samples: settings.REJECT_SAMPLES };
    const one = await readySource(source, path, { ...limits, workDir, progress, signal });
    ready.push(one);
    findings.sources.push(sourceReport(one));
  }
  return ready;
}

/** The engine's own words help the author of the SQL; they are the cause of our error. */
function problemOf(error: AppError): string {
  return error.code === 'warehouse.failed' && error.cause instanceof Error ? error.cause.message : error.detail;
}
