import type { Json } from '../warehouse/port.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import type { State, StateRow } from './open-state.ts';

/** running: not finished, or its process was stopped; imported: its rows are served; checked: a dry run; failed, cancelled, interrupted by the end of its process: nothing was changed. */
export type ImportOutcome = 'running' | 'imported' | 'checked' | 'failed' | 'cancelled' | 'interrupted';

/** One run of an import. Times are ISO text in UTC; `finishedAt` and `report` are null while it runs. */
export type ImportReport = {
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly catalogFile: string;
  readonly outcome: ImportOutcome;
  readonly report: Json;
};

export type ImportReports = {
  /** Records that an import starts. */
  start(tenant: Tenant, catalogFile: string): Promise<Pick<ImportReport, 'id' | 'startedAt'>>;
  /** Records how it ended. Throws RangeError when the tenant has no such import running. */
  finish(tenant: Tenant, id: string, outcome: Exclude<ImportOutcome, 'running'>, report: Json): Promise<void>;
  get(tenant: Tenant, id: string): Promise<ImportReport | undefined>;
  /** Newest first. */
  list(tenant: Tenant, limit: number): Promise<readonly ImportReport[]>;
};

const COLUMNS = 'id, started_at, finished_at, catalog_file, outcome, report';

/** What the imports of each tenant did, kept for good. */
export function importReports(state: State): ImportReports {
  return Object.freeze({
    async start(tenant: Tenant, catalogFile: string) {
      const startedAt = state.now();
      const [row] = state.all(
        "insert into import_reports (tenant, started_at, catalog_file, outcome) values (?, ?, ?, 'running') returning id",
        tenant.id,
        startedAt,
        catalogFile,
      );
      return { id: String(row!['id']), startedAt };
    },
    async finish(tenant: Tenant, id: string, outcome: Exclude<ImportOutcome, 'running'>, report: Json) {
      const changed = state.run(
        `update import_reports set finished_at = ?, outcome = ?, report = ?
         where tenant = ? and id = ? and outcome in ('running', 'interrupted')`,
        state.now(),
        outcome,
        JSON.stringify(report),
        tenant.id,
        id,
      );
      if (changed === 0) throw new RangeError(`no import ${JSON.stringify(id)} is running`);
    },
    async get(tenant: Tenant, id: string) {
      const where = 'where tenant = ? and id = ?';
      return state.all(`select ${COLUMNS} from import_reports ${where}`, tenant.id, id).map(toReport)[0];
    },
    async list(tenant: Tenant, limit: number) {
      const tail = 'where tenant = ? order by id desc limit ?';
      return state.all(`select ${COLUMNS} from import_reports ${tail}`, tenant.id, limit).map(toReport);
    },
  });
}

function toReport(row: StateRow): ImportReport {
  const { report, finished_at: finishedAt } = row;
  return {
    id: String(row['id']),
    startedAt: String(row['started_at']),
    finishedAt: finishedAt === null ? null : String(finishedAt),
    catalogFile: String(row['catalog_file']),
    outcome: row['outcome'] as ImportOutcome,
    report: report === null ? null : (JSON.parse(String(report)) as Json),
  };
}
