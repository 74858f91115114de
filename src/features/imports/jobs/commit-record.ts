import type { Settings } from '../../../config/settings.ts';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import { importReports } from '../../../data/state/import-reports.ts';
import type { Json, Warehouse, Writer } from '../../../data/warehouse/port.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import { holdImports } from '../account/import-lock.ts';
import { removeLeftStages } from '../account/left-stages.ts';
import type { ImportHost } from './host.ts';
import { removeLeftovers } from './leftovers.ts';
import { keepCatalog } from '../keep-catalog.ts';
import type { ImportReport } from '../model.ts';
import { accountPlace, inPlace, OWN_PLACE, type ServicePlace } from './record-place.ts';

/** What of an import is stored with its rows, in their transaction: the service's own records are in another file. */
export type CommitRecord = {
  readonly id: string;
  readonly startedAt: string;
  readonly report: ImportReport;
  readonly plan: Pick<ImportPlan, 'file' | 'text'>;
  readonly folder: string;
};
export type ImportName = Pick<CommitRecord, 'id' | 'startedAt'>;

const TABLE = 'last_import';
/** An account is that of several services, each of which looks for its own imports: theirs stay that long. */
const KEPT_MS = 366 * 86_400_000;

/** Makes the table of records. Where a commit follows every such statement, before the transaction of the rows. */
export async function makeRecordTable(writer: Writer, place: ServicePlace): Promise<void> {
  const columns = 'import_id varchar, started_at varchar, record varchar';
  await writer.run(`create table if not exists ${inPlace(place, TABLE)} (${columns})`);
}

/** Stores the record of an import. It is there exactly when the rows are. */
export async function writeRecord(writer: Writer, record: CommitRecord, place: ServicePlace): Promise<void> {
  const { id, startedAt, report, plan, folder } = record;
  const table = inPlace(place, TABLE);
  if (place === OWN_PLACE) await writer.run(`delete from ${table}`);
  else await writer.run(`delete from ${table} where started_at < ?`, [keptSince(startedAt)]);
  const text = JSON.stringify({ id, startedAt, report, plan: { file: plan.file, text: plan.text }, folder });
  await writer.run(`insert into ${table} (import_id, started_at, record) values (?, ?, ?)`, [id, startedAt, text]);
}

const keptSince = (startedAt: string) => new Date(Date.parse(startedAt) - KEPT_MS).toISOString();

/** The record of this import; undefined when its rows are not stored. */
export async function readRecord(
  warehouse: Pick<Warehouse, 'write'>,
  owner: Tenant,
  { id, startedAt }: ImportName,
  place: ServicePlace,
): Promise<CommitRecord | undefined> {
  return warehouse.write(owner, async (writer) => {
    const known = await writer.query(
      'select 1 as is_there from information_schema.tables where table_schema = ? and table_name = ?',
      [place.schema, place.dialect.fold(TABLE)],
    );
    if (known.rowCount === 0) return undefined;
    const { rowCount, columns } = await writer.query(
      `select record from ${inPlace(place, TABLE)} where import_id = ? and started_at = ?`,
      [id, startedAt],
    );
    return rowCount === 0 ? undefined : (JSON.parse(columns[0]![0] as string) as CommitRecord);
  });
}

/**
 * At the start: an import that is still recorded as running was ended by the end of its process. Either its rows are
 * there, then the record is completed, and its catalog kept unless a later import came after it; or nothing of it is.
 * Then what no import needs any more is taken away. While another process imports, nothing is done.
 */
export async function settleImports(host: Settling, warehouse: Warehouse): Promise<void> {
  const release = holdImports(host);
  if (release === undefined) return;
  try {
    await settleReports(host, warehouse);
    await removeLeftovers(host.paths, host.settings.IMPORTS_KEPT);
  } finally {
    release();
  }
}

type Settling = Pick<ImportHost, 'state' | 'owner' | 'paths'> & {
  readonly settings: Pick<Settings, 'SNOWFLAKE_SERVICE_SCHEMA' | 'WAREHOUSE' | 'IMPORTS_KEPT'>;
};

async function settleReports({ state, owner, paths, settings }: Settling, warehouse: Warehouse): Promise<void> {
  const place = warehouse.isShared ? accountPlace(settings) : OWN_PLACE;
  if (warehouse.isShared) await removeLeftStages({ warehouse, owner, paths, place });
  const reports = importReports(state);
  const newestFirst = await reports.list(owner, 1_000);
  const newestImported = Number(newestFirst.find(({ outcome }) => outcome === 'imported')?.id ?? 0);
  // The oldest first, so that the catalog of the newest is the one that stays.
  for (const { id, startedAt } of newestFirst.filter(({ outcome }) => outcome === 'running').toReversed()) {
    const stored = await readRecord(warehouse, owner, { id, startedAt }, place);
    if (stored === undefined) {
      await reports.finish(owner, id, 'interrupted', null);
      continue;
    }
    const isLatest = Number(id) > newestImported;
    if (isLatest && stored.plan.text !== '') await keepCatalog(paths.catalog, stored.plan, stored.folder);
    await reports.finish(owner, id, 'imported', stored.report as unknown as Json);
  }
}
