/*
 * Imports that are asked for over HTTP, one at a time:
 *
 *   begin ─ receiving: parts -> data/raw ─ plan ─ running (carry-out.ts) ─┬─ imported, its catalog kept and served
 *             │                                                           └─ checked, failed
 *             └─ cancelled at any time before the commit; what a killed process left is settled at the next start
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { importReports, type ImportOutcome } from '../../../data/state/import-reports.ts';
import type { Json } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import { lockImports } from '../account/import-lock.ts';
import { isUnknown } from '../account/repeat.ts';
import { carryOut, wordsOf } from './carry-out.ts';
import type { ImportHost } from './host.ts';
import { keptReports } from './kept-reports.ts';
import { rejectsFile, rejectsFolder, removeLeftovers, uploadFolder } from './leftovers.ts';
import type { ImportReport } from '../model.ts';
import { planOf, type Given } from './plan-of-request.ts';
import { statusRecorded, statusUnderWay, type UnderWay } from './status.ts';
import type { ImportRequest, ImportStatus } from './status-model.ts';

/** An import that was begun: its files arrive, then it runs or is given up. */
export type ImportJob = {
  readonly id: string;
  /** For its files. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** So many bytes arrived. */
  received(bytes: number): void;
  /** Begins to run, and does not wait for the end. Throws when the request makes no import; give it up then. */
  run(request: ImportRequest, given: Given): Promise<ImportStatus>;
  giveUp(why: unknown): Promise<void>;
};

export type ImportJobs = {
  /** Throws import.running while another one is under way, warehouse.locked while another process imports into the same account. */
  begin(): Promise<ImportJob>;
  /** Throws import.not_found. */
  status(id: string): Promise<ImportStatus>;
  /** Newest first. */
  list(limit: number): Promise<readonly ImportStatus[]>;
  /** Its status when it has ended, which may be `imported` when it was too late. Throws import.not_found, and import.ended when it had ended before. */
  cancel(id: string): Promise<ImportStatus>;
  /** The file of its rejected rows; undefined when it is no more, or has none. Throws import.not_found. */
  rejects(id: string): Promise<string | undefined>;
  /** Stops the one that is under way and waits for its end. */
  close(): Promise<void>;
};

type Running = { -readonly [K in keyof UnderWay]: UnderWay[K] } & {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  readonly markEnded: () => void;
  /** Lets other processes import. */
  release: () => void;
};

export function importJobs(host: ImportHost): ImportJobs {
  const { state, owner, paths, settings } = host;
  const reports = keptReports(importReports(state), host.now);
  let running: Running | undefined;

  async function begin(): Promise<ImportJob> {
    if (running !== undefined)
      throw new AppError('import.running', `import ${running.id} is under way (${running.phase})`);
    const job = newJob(state.now());
    running = job;
    try {
      await mkdir(rejectsFolder(paths), { recursive: true });
      job.release = lockImports(host);
      Object.assign(job, await reports.start(owner, ''));
    } catch (error) {
      running = undefined;
      job.release();
      job.markEnded();
      throw error;
    }
    const folder = uploadFolder(paths, job.id);
    return {
      id: job.id,
      folder,
      signal: job.controller.signal,
      received: (bytes) => (job.detail = `${(bytes / 1e6).toFixed(1)} MB`),
      run: (request, given) => run(job, folder, request, given),
      giveUp: (why) => end(job, failure(job, why)),
    };
  }

  async function run(job: Running, folder: string, request: ImportRequest, given: Given): Promise<ImportStatus> {
    const plan = planOf(request, given, host.served());
    if (plan.text !== '') await host.checkCatalog(plan.text, folder);
    job.controller.signal.throwIfAborted();
    Object.assign(job, { state: 'running', phase: 'starting', detail: '', catalog: plan.file });
    const { id, startedAt, findings } = job;
    const progress = (phase: string, detail: string, rowsDone: number | null = null) =>
      void Object.assign(job, { phase, detail, rowsDone });
    const { signal } = job.controller;
    const isDryRun = request.dryRun ?? false;
    const task = {
      id,
      startedAt,
      plan,
      folder,
      isDryRun,
      rejectsFile: rejectsFile(paths, id),
      findings,
      progress,
      signal,
    };
    void carryOut(host, task)
      .catch((error: unknown) => (isUnknown(error) ? undefined : failure(job, error)))
      .then((report) => end(job, report));
    return statusUnderWay(job);
  }

  /** Never throws: nobody waits. */
  async function end(job: Running, report: ImportReport | undefined): Promise<void> {
    const { reason } = job.controller.signal;
    const isInterrupted = report?.outcome !== 'imported' && codeOf(reason) === 'service.draining';
    const outcome: ImportOutcome = report === undefined ? 'running' : isInterrupted ? 'interrupted' : report.outcome;
    const noted = (words: string) => (err: unknown) => host.log.error({ err, importId: job.id, outcome }, words);
    // First, since the record may need the place that they take.
    await removeLeftovers(paths, settings.IMPORTS_KEPT).catch(noted('files of an import could not be taken away'));
    // One of which nobody knows whether its rows are there stays as running: the next start looks (commit-record.ts).
    if (outcome !== 'running')
      await reports
        .finish(owner, job.id, outcome, report as unknown as Json)
        .catch(noted('an import ended, and its record could not be completed'));
    running = undefined;
    job.release();
    job.markEnded();
  }

  function failure(job: Running, error: unknown): ImportReport {
    return {
      outcome: codeOf(error) === 'import.cancelled' ? 'cancelled' : 'failed',
      problem: `${job.phase}: ${wordsOf(error, host, job.id)}`,
      catalog: job.catalog,
      startedAt: job.startedAt,
      seconds: (host.now() - Date.parse(job.startedAt)) / 1000,
      ...job.findings,
    };
  }

  async function recorded(id: string) {
    const found = /^\d{1,15}$/.test(id) ? await reports.get(owner, id) : undefined;
    if (found !== undefined) return found;
    throw new AppError('import.not_found', `there is no import ${JSON.stringify(id.slice(0, 100))}`);
  }

  const status = async (id: string) =>
    running?.id === id ? statusUnderWay(running) : statusRecorded(await recorded(id));

  return {
    begin,
    status,
    list: async (limit) =>
      (await reports.list(owner, limit)).map((one) =>
        running?.id === one.id ? statusUnderWay(running) : statusRecorded(one),
      ),
    async cancel(id) {
      if (running?.id !== id) {
        const { state: known } = statusRecorded(await recorded(id));
        throw new AppError('import.ended', `import ${id} is ${known}`);
      }
      const { controller, ended } = running;
      controller.abort(new AppError('import.cancelled', 'cancelled on request'));
      await ended;
      return status(id);
    },
    async rejects(id) {
      await recorded(id);
      const file = rejectsFile(paths, id);
      return existsSync(file) ? file : undefined;
    },
    async close() {
      running?.controller.abort(new AppError('service.draining', 'the service shut down'));
      await running?.ended;
      await reports.writeKept();
    },
  };
}

function newJob(startedAt: string): Running {
  const { promise: ended, resolve: markEnded } = Promise.withResolvers<void>();
  const findings = { sources: [], tables: [] };
  const words = { state: 'receiving', phase: 'receiving', detail: '', rowsDone: null, catalog: '' } as const;
  const release = () => {};
  return { id: '', startedAt, controller: new AbortController(), ended, markEnded, release, findings, ...words };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof AppError ? error.code : undefined;
}
