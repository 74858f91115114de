import type { ImportReport as StoredReport } from '../../../data/state/import-reports.ts';
import type { ImportReport } from '../model.ts';
import type { Findings } from '../service.ts';
import type { ImportStatus } from './status-model.ts';

/** What is known of an import that is under way. */
export type UnderWay = {
  readonly id: string;
  readonly startedAt: string;
  readonly findings: Findings;
  readonly state: 'receiving' | 'running';
  readonly catalog: string;
  readonly phase: string;
  readonly detail: string;
  readonly rowsDone: number | null;
};

export function statusUnderWay({ findings, ...job }: UnderWay): ImportStatus {
  const { id, state, phase, detail, rowsDone, catalog, startedAt } = job;
  const rejected = rejectedOf(findings);
  return {
    id,
    state,
    phase,
    detail,
    rowsDone,
    rejected,
    catalog,
    startedAt,
    finishedAt: null,
    problem: null,
    report: null,
  };
}

/** As it was recorded. One that another process runs is `running`, and nothing more is known of it. */
export function statusRecorded(record: StoredReport): ImportStatus {
  const { id, startedAt, finishedAt, outcome, catalogFile } = record;
  const report = record.report as ImportReport | null;
  return {
    id,
    state: outcome,
    phase: null,
    detail: null,
    rowsDone: null,
    rejected: report === null ? [] : rejectedOf(report),
    catalog: report?.catalog ?? catalogFile,
    startedAt,
    finishedAt,
    problem: report?.problem ?? null,
    report,
  };
}

function rejectedOf({ sources, tables }: Findings): ImportStatus['rejected'] {
  const parts = [
    ...sources.map(({ file, rejects }) => ({ part: file, rejects })),
    ...tables.map(({ table, rejects }) => ({ part: table, rejects })),
  ];
  return parts.flatMap(({ part, rejects }) => rejects.map(({ reason, rows }) => ({ part, reason, rows })));
}
