import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { settingsWith, type Settings } from '../../config/settings.ts';
import { CORE_TABLE_NAMES } from '../catalog/core-tables.ts';
import { createTable } from '../catalog/ddl.ts';
import { chooseSource, dataPaths, makeDataFolders, type DataPaths } from '../source.ts';
import { cursorSecret } from '../state/cursor-secret.ts';
import { openState } from '../state/open-state.ts';
import { raiseDataVersions } from '../warehouse/data-version.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant } from '../warehouse/tenant.ts';
import { backupsOf, type BackupParts } from './backups.ts';

export const OWNER = tenant('default');
export const CLOCK = () => new Date('2026-03-01T10:00:00.250Z');

/** A folder that is removed when the test has ended. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function settingsFor(folder: string, changes: Partial<Settings> = {}): Settings {
  return settingsWith({ DATA_DIR: folder, MEMORY_LIMIT: 512 * 1024 ** 2, THREADS: 2, ...changes });
}

/** Managed tables with customers of these names, a state store with a secret of this byte. Nothing is left open. */
export async function fill(settings: Settings, names: readonly string[], secret: number): Promise<DataPaths> {
  const paths = dataPaths(settings);
  makeDataFolders(paths);
  const warehouse = await openDuckdb({ settings, fileOf: () => paths.main, spillDir: paths.spill });
  await warehouse.write(OWNER, async (writer) => {
    for (const table of CORE_TABLE_NAMES) await writer.run(createTable(table));
    for (const name of names) await insert(writer, name);
    await raiseDataVersions(writer, ['customers']);
  });
  await warehouse.close();
  const state = openState({ file: paths.state, clock: CLOCK });
  await cursorSecret(state, (size) => new Uint8Array(size).fill(secret));
  state.close();
  return paths;
}

type Runner = { run(text: string, params: readonly string[]): Promise<number> };

export const insert = (writer: Runner, name: string) =>
  writer.run('insert into customers (customer_id, customer_name) values (?, ?)', [name, name]);

/** What a folder holds: names of customers, the byte of the secret, the catalog. Opens, reads and closes. */
export async function contentOf(settings: Settings): Promise<{ names: readonly unknown[]; secret: unknown }> {
  const paths = dataPaths(settings);
  makeDataFolders(paths);
  const warehouse = await openDuckdb({ settings, fileOf: () => paths.main, spillDir: paths.spill });
  const names = await namesIn(warehouse);
  await warehouse.close();
  const state = openState({ file: paths.state, clock: CLOCK });
  const [row] = state.all('select value from secrets');
  state.close();
  return { names, secret: (row?.['value'] as Uint8Array | undefined)?.[0] };
}

export async function namesIn(warehouse: Warehouse): Promise<readonly unknown[]> {
  const statement = {
    text: 'select customer_id from customers order by customer_id',
    params: [],
    reads: { tables: [], columns: [] },
  };
  return (await warehouse.query(OWNER, statement as never, { lane: 'fast' })).columns[0]!;
}

/** An open warehouse over the folder, and backups of it. */
export async function serving(settings: Settings, changes: Partial<BackupParts> = {}) {
  const paths = dataPaths(settings);
  makeDataFolders(paths);
  const source = chooseSource(settings, paths);
  const warehouse = await openDuckdb({ settings, fileOf: () => source.database, spillDir: paths.spill });
  onTestFinished(() => warehouse.close());
  const served = () => ({ source, warehouse });
  const backups = backupsOf({ paths, served, tenant: OWNER, version: '1.2.3', clock: CLOCK, ...changes });
  return { paths, warehouse, backups };
}
