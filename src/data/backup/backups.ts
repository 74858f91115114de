/*
 * One backup, from the question to its manifest:
 *
 *   folder ─ copying process ─ the tenant's writer held: database, log, records, catalogs copied ─ writer free
 *          ─ copies synced and hashed ─ manifest.json
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import { syncNow, writeWhole } from '../../lib/durable.ts';
import { isSystemError } from '../../lib/system-error.ts';
import type { DataPaths, DataSource } from '../source.ts';
import { storedDataVersions } from '../warehouse/data-version.ts';
import type { Warehouse } from '../warehouse/port.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import { openCopier, type Copier } from './copier.ts';
import type { Copy } from './copy-work.ts';
import { MANIFEST, type Manifest } from './manifest.ts';

export type BackupParts = {
  readonly paths: DataPaths;
  /** What is served at the moment: a reload may put another in its place. */
  readonly served: () => { readonly source: DataSource; readonly warehouse: Pick<Warehouse, 'write'> };
  readonly tenant: Tenant;
  readonly version: string;
  readonly clock: () => Date;
};

/** A finished backup: `name` is that of its folder in DATA_DIR/backups, `heldSeconds` how long writes waited for it. */
export type Backup = {
  readonly name: string;
  readonly manifest: Manifest;
  readonly seconds: number;
  readonly heldSeconds: number;
};

export type Backups = {
  /**
   * Saves the data as they are between two writes; reads go on, writes wait while files are copied. When it fails or
   * `signal` aborts, nothing of it stays. Throws `backup.demo`, `unsupported.feature`, `backup.running`, `backup.failed`, `warehouse.disk_full`.
   */
  create(signal?: AbortSignal): Promise<Backup>;
};

export function backupsOf(parts: BackupParts): Backups {
  let isRunning = false;
  return Object.freeze({
    async create(signal?: AbortSignal) {
      const { kind } = parts.served().source;
      if (kind === 'account') throw accountKeeps();
      if (kind === 'demo')
        throw new AppError('backup.demo', 'What is served is generated demo data; there is nothing of yours to save.');
      if (isRunning) throw new AppError('backup.running', 'Another backup is being made; only one is at a time.');
      isRunning = true;
      try {
        return await createBackup(parts, signal);
      } catch (error) {
        throw isSystemError(error) ? errorOfSystem(error) : error;
      } finally {
        isRunning = false;
      }
    },
  });
}

export function accountKeeps(): AppError {
  const detail =
    'The rows are in an account of Snowflake, which keeps what was there before (Time Travel); a backup is of files of this service.';
  return new AppError('unsupported.feature', detail);
}

async function createBackup(parts: BackupParts, signal: AbortSignal | undefined): Promise<Backup> {
  const began = performance.now();
  await removeHalfMade(parts.paths.backups);
  const name = newFolder(parts.paths.backups, parts.clock());
  const folder = join(parts.paths.backups, name);
  const copier = openCopier(signal);
  try {
    const { manifest, heldSeconds } = await save(parts, copier, folder, signal);
    signal?.throwIfAborted();
    writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    syncNow(parts.paths.backups);
    return { name, manifest, heldSeconds, seconds: (performance.now() - began) / 1000 };
  } catch (error) {
    // First the process that writes to it.
    await copier.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await copier.close();
  }
}

async function save(
  { served, tenant, paths, version, clock }: BackupParts,
  copier: Copier,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<{ manifest: Manifest; heldSeconds: number }> {
  const { source, warehouse } = served();
  const { database, catalogFile } = source;
  const named = catalogFile === undefined || catalogFile === paths.catalog ? null : catalogFile;
  const copied = await warehouse.write(
    tenant,
    async (writer) => {
      const began = performance.now();
      const dataVersions = await storedDataVersions(writer);
      // Nothing is committed now, so the file and its log do not change: DuckDB writes a checkpoint at a commit only.
      const names = await copier.copy(folder, copiesOf(database, paths, named));
      const createdAt = clock().toISOString();
      return { dataVersions, names, createdAt, heldSeconds: (performance.now() - began) / 1000 };
    },
    signal === undefined ? {} : { signal },
  );
  const { names, heldSeconds, ...known } = copied;
  const files = [...(await copier.seal(folder, names))];
  const manifest: Manifest = { format: 1, service: version, source: 'main', ...known, files, namedCatalog: named };
  return { manifest, heldSeconds };
}

function copiesOf(database: string, paths: DataPaths, named: string | null): readonly Copy[] {
  const all: readonly Copy[] = [
    { how: 'file', from: database, name: 'main.duckdb', isOptional: false },
    { how: 'file', from: `${database}.wal`, name: 'main.duckdb.wal', isOptional: true },
    { how: 'sqlite', from: paths.state, name: 'state.sqlite', isOptional: false },
    { how: 'file', from: paths.catalog, name: 'catalog.yaml', isOptional: true },
  ];
  return named === null ? all : [...all, { how: 'file', from: named, name: 'named-catalog.yaml', isOptional: false }];
}

/** A folder named by the time in UTC; a clock that stands still gets a number behind it. */
function newFolder(parent: string, now: Date): string {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const stamp = stampOf(now);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? stamp : `${stamp}-${number}`;
    if (existsSync(join(parent, name))) continue;
    mkdirSync(join(parent, name), { mode: 0o700 });
    return name;
  }
}

/** `20260131T120000Z`: sorts by time, and is a file name everywhere. */
export function stampOf(now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** What a process that was killed left: the database has one owner, so nobody else is making one. */
async function removeHalfMade(parent: string): Promise<void> {
  const names = existsSync(parent) ? readdirSync(parent) : [];
  for (const name of names.filter((one) => /^\d{8}T\d{6}Z(-\d+)?$/.test(one))) {
    if (!existsSync(join(parent, name, MANIFEST))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function errorOfSystem(error: NodeJS.ErrnoException): AppError {
  const code = error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'warehouse.disk_full' : 'backup.failed';
  return new AppError(code, error.message, { cause: error });
}
