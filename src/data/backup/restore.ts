/*
 * A restore, and what a kill leaves at each point:
 *
 *   check the backup ─ copy beside the old files ─ try the copies │ journal │ old files aside ─ copies in place ─ journal removed
 *                          the old data                           │         the new data (after the next start)
 */
import { copyFileSync, existsSync, rmSync, constants, chmodSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { sync } from '../../lib/durable.ts';
import { checkState } from '../state/check-state.ts';
import { makeDataFolders, type DataPaths } from '../source.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant } from '../warehouse/tenant.ts';
import { stampOf } from './backups.ts';
import { hashFile } from './hash-file.ts';
import type { BackupFile, Manifest } from './manifest.ts';
import { commitRestore, type Move } from './restore-journal.ts';
import { findService } from './running-service.ts';
import { namesIn, verifyBackup } from './verify-backup.ts';

export type RestoreOptions = {
  /** The backup. */
  readonly folder: string;
  readonly paths: DataPaths;
  readonly settings: Settings;
  readonly clock: () => Date;
  /** Whether data that are there may be moved aside. */
  readonly isReplacing: boolean;
  /** Called before each change of the disk. */
  readonly step?: () => void;
};

/** `movedTo`: the folders where the old files are now. */
export type Restored = { readonly manifest: Manifest; readonly movedTo: readonly string[] };

/**
 * Puts a backup in the place of the data. Throws `restore.failed` or `warehouse.locked`; then nothing was
 * changed, unless it says that the next start finishes it.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { folder, paths, isReplacing, settings, step = () => {} } = options;
  const manifest = await verifyBackup(folder);
  await refuseServed(paths);
  makeDataFolders(paths);
  const release = await holdOld(paths, settings);
  try {
    refuseData(paths, isReplacing);
    const places = placesOf(manifest, paths);
    await copyBeside(folder, manifest, places, step);
    await tryCopies(places, paths, settings);
    await refuseServed(paths);
    const asides = asidesOf(paths, stampOf(options.clock()));
    commitRestore(paths, [...asides, ...places.map(({ draft, target }) => ({ from: draft, to: target }))], step);
    return { manifest, movedTo: [...new Set(asides.map(({ to }) => dirname(to)))] };
  } finally {
    await release();
  }
}

async function refuseServed(paths: DataPaths): Promise<void> {
  const address = await findService(paths);
  if (address !== undefined)
    throw new AppError('restore.failed', `a service runs on this DATA_DIR (${address}); stop it first`);
}

/**
 * Keeps others from opening the old databases to write. Read only, because closing one that was opened to write changes
 * it. A file that cannot be opened for another reason is what one restores for.
 */
async function holdOld(paths: DataPaths, settings: Settings): Promise<() => Promise<void>> {
  const held: Warehouse[] = [];
  const release = async () => void (await Promise.all(held.map((warehouse) => warehouse.close())));
  for (const file of [paths.main, paths.demo].filter((path) => existsSync(path))) {
    const warehouse = await openReadOnly(file, paths, settings);
    held.push(warehouse);
    try {
      await warehouse.ping(tenant('default'));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'warehouse.locked') continue;
      await release();
      throw error;
    }
  }
  return release;
}

function openReadOnly(file: string, { spill }: DataPaths, settings: Settings): Promise<Warehouse> {
  return openDuckdb({ settings, fileOf: () => file, spillDir: spill, mode: 'read-only' });
}

/** Files that together are the data; some are there only while or after a process uses them. */
function dataFiles({ main, state, catalog }: DataPaths): readonly string[] {
  return [main, `${main}.wal`, state, `${state}-wal`, `${state}-shm`, catalog].filter((path) => existsSync(path));
}

function refuseData(paths: DataPaths, isReplacing: boolean): void {
  const there = dataFiles(paths);
  if (there.length === 0 || isReplacing) return;
  const names = there.map((path) => basename(path)).join(', ');
  throw new AppError('restore.failed', `${paths.root} holds data (${names}); --replace moves them aside first`);
}

/** Old files are kept, in a folder beside where they were: DUCKDB_FILE may be on another disk. */
function asidesOf(paths: DataPaths, stamp: string): readonly Move[] {
  return dataFiles(paths).map((from) => ({ from, to: join(dirname(from), `replaced-${stamp}`, basename(from)) }));
}

type Place = { readonly name: BackupFile; readonly draft: string; readonly target: string };

/** Where each file goes, and its name until then, under which DuckDB finds the log beside the database. */
function placesOf(manifest: Manifest, { main, state, catalog }: DataPaths): readonly Place[] {
  const all: readonly Place[] = [
    { name: 'main.duckdb', draft: `${main}.restoring`, target: main },
    { name: 'main.duckdb.wal', draft: `${main}.restoring.wal`, target: `${main}.wal` },
    { name: 'state.sqlite', draft: `${state}.restoring`, target: state },
    { name: 'catalog.yaml', draft: `${catalog}.restoring`, target: catalog },
  ];
  for (const { draft } of all) rmSync(draft, { force: true });
  return all.filter(({ name }) => namesIn(manifest).includes(name));
}

async function copyBeside(
  folder: string,
  manifest: Manifest,
  places: readonly Place[],
  step: () => void,
): Promise<void> {
  for (const { name, draft } of places) {
    step();
    copyFileSync(join(folder, name), draft, constants.COPYFILE_FICLONE);
    chmodSync(draft, 0o600);
    await sync(draft);
    const { sha256 } = await hashFile(draft);
    if (sha256 !== manifest.files.find((file) => file.name === name)!.sha256)
      throw new AppError('restore.failed', `${name} was not copied as it is; the disk may be failing`);
  }
}

/** A backup that this version cannot serve must not take the place of data that it can. */
async function tryCopies([database, ...places]: readonly Place[], paths: DataPaths, settings: Settings): Promise<void> {
  const warehouse = await openReadOnly(database!.draft, paths, settings);
  try {
    await warehouse.tables(tenant('default'));
  } finally {
    await warehouse.close();
  }
  checkState(places.find(({ name }) => name === 'state.sqlite')!.draft);
}
