import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import { importReports } from '../../../data/state/import-reports.ts';
import type { Json, Warehouse, Writer } from '../../../data/warehouse/port.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import type { ImportHost } from './host.ts';
import { keepCatalog } from '../keep-catalog.ts';
import type { ImportReport } from '../model.ts';

/** What of an import is stored with its rows, in their transaction: the service's own records are in another file. */
export type CommitRecord = {
  readonly id: string;
  readonly startedAt: string;
  readonly report: ImportReport;
  readonly plan: Pick<ImportPlan, 'file' | 'text'>;
  readonly folder: string;
};

/** Stores the record of the newest import. It is there exactly when the rows are. */
export async function recordImport(
  writer: Writer,
  { id, startedAt, report, plan, folder }: CommitRecord,
): Promise<void> {
  await writer.run('create schema if not exists service');
  await writer.run(
    'create table if not exists service.last_import (import_id varchar, started_at varchar, record varchar)',
  );
  await writer.run('delete from service.last_import');
  const record = { id, startedAt, report, plan: { file: plan.file, text: plan.text }, folder };
  await writer.run('insert into service.last_import values (?, ?, ?)', [id, startedAt, JSON.stringify(record)]);
}

/**
 * At the start: an import that is still recorded as running was ended by the end of its process. Either its rows are
 * there, then its catalog is kept and the record completed; or nothing of it is.
 */
export async function settleImports(
  host: Pick<ImportHost, 'state' | 'owner' | 'paths'>,
  warehouse: Warehouse,
): Promise<void> {
  const reports = importReports(host.state);
  const open = (await reports.list(host.owner, 1_000)).filter(({ outcome }) => outcome === 'running');
  if (open.length === 0) return;
  const last = await lastImport(warehouse, host.owner);
  for (const { id, startedAt } of open) {
    if (last?.id !== id || last.startedAt !== startedAt) {
      await reports.finish(host.owner, id, 'interrupted', null);
      continue;
    }
    if (last.plan.text !== '') await keepCatalog(host.paths.catalog, last.plan, last.folder);
    await reports.finish(host.owner, id, 'imported', last.report as unknown as Json);
  }
}

async function lastImport(warehouse: Warehouse, owner: Tenant): Promise<CommitRecord | undefined> {
  return warehouse.write(owner, async (writer) => {
    const known = await writer.query(
      "select 1 from information_schema.tables where table_schema = 'service' and table_name = 'last_import'",
    );
    if (known.rowCount === 0) return undefined;
    const { rowCount, columns } = await writer.query('select record from service.last_import');
    return rowCount === 0 ? undefined : (JSON.parse(columns[0]![0] as string) as CommitRecord);
  });
}
