import type { Tenant } from './tenant.ts';
import type { Warehouse, Writer } from './port.ts';

/** A number per table that every committed write raises; part of every cache key and ETag. */
export type DataVersions = Readonly<Record<string, number>>;

/** Makes the service's own bookkeeping in a managed database; harmless when it is there. */
export async function prepareDataVersions(writer: Writer): Promise<void> {
  await writer.run('create schema if not exists service');
  await writer.run(
    'create table if not exists service.data_versions (table_name varchar primary key, version bigint not null)',
  );
}

/** Raises the version of each table inside the writer's transaction: it is visible exactly when the rows are. */
export async function raiseDataVersions(writer: Writer, tables: readonly string[]): Promise<void> {
  await prepareDataVersions(writer);
  await countWrites(writer, tables);
}

/** The same where the bookkeeping is known to be there: it costs each write as much as its rows. */
export async function countWrites(writer: Writer, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const raised = await writer.run('update service.data_versions set version = version + 1 where table_name = ?', [
      table,
    ]);
    if (raised === 0) await writer.run('insert into service.data_versions values (?, 1)', [table]);
  }
}

/** Versions of all tables that were ever written through the service; empty for a database that we do not manage. */
export function readDataVersions(warehouse: Warehouse, tenant: Tenant): Promise<DataVersions> {
  return warehouse.write(tenant, storedDataVersions);
}

/** The same within a transaction. */
export async function storedDataVersions(writer: Writer): Promise<DataVersions> {
  const known = await writer.query(
    "select 1 from information_schema.tables where table_schema = 'service' and table_name = 'data_versions'",
  );
  return known.rowCount === 0 ? {} : countedWrites(writer);
}

/** The same where the bookkeeping is known to be there. */
export async function countedWrites(writer: Writer): Promise<DataVersions> {
  const rows = await writer.query('select table_name, version from service.data_versions');
  return Object.fromEntries(
    Array.from({ length: rows.rowCount }, (_, i) => [rows.columns[0]![i], rows.columns[1]![i]]),
  ) as DataVersions;
}
