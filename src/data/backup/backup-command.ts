import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { chooseSource, dataPaths, makeDataFolders, type DataPaths } from '../source.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import { tenant } from '../warehouse/tenant.ts';
import { askService } from './ask-service.ts';
import { accountKeeps, backupsOf, type Backup } from './backups.ts';
import { readArguments, settingsOf, sizeText, type BackupIo } from './command-io.ts';
import { filesInPlace } from './files-in-place.ts';
import { handOver, refuseUsedFolder } from './hand-over.ts';
import { findService } from './running-service.ts';

const USAGE = `npm run backup -- DIR

Saves the data of DATA_DIR into DIR, a new or empty folder, whether the service runs or not.
Not saved: demo data, raw/, exports/, and files that the catalog reads where they are.
Exit code: 0 done, 1 not carried out, 2 wrong use.`;

/**
 *     arguments -> the service that runs here, or the files themselves -> DATA_DIR/backups/<time> -> DIR, checked there
 */
export async function backupCommand(args: readonly string[], io: BackupIo, version: string): Promise<number> {
  const wish = readArguments(args, io, { usage: USAGE, takesReplace: false });
  if (typeof wish === 'number') return wish;
  const { folder } = wish;
  const began = performance.now();
  const settings = settingsOf(io);
  const paths = dataPaths(settings);
  refuseUsedFolder(folder);
  const address = await findService(paths);
  const backup = address === undefined ? await makeHere(settings, paths, version) : await askService(address);
  const manifest = await handOver(join(paths.backups, backup.name), folder);
  const { files, createdAt } = manifest;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  for (const { name, bytes } of files) io.stdout(`  ${name.padEnd(20)} ${sizeText(bytes).padStart(10)}`);
  io.stdout(`${folder} holds the data of ${createdAt}; made and checked in ${seconds} s`);
  const inPlace = filesInPlace(folder, manifest, paths.catalog);
  if (inPlace.length > 0) io.stderr(`not saved, because the catalog reads them where they are: ${inPlace.join(', ')}`);
  if (address !== undefined)
    io.stdout(`the service at ${address} made it; writes waited ${backup.heldSeconds.toFixed(2)} s`);
  return 0;
}

/** Without a service. Opening the database keeps others out meanwhile. */
async function makeHere(settings: Settings, paths: DataPaths, version: string): Promise<Backup> {
  const source = chooseSource(settings, paths);
  if (source.kind === 'account') throw accountKeeps();
  if (source.kind === 'main' && !existsSync(source.database))
    throw new AppError('backup.failed', `there is no database file ${source.database}; nothing to save`);
  makeDataFolders(paths);
  const warehouse = await openDuckdb({ settings, fileOf: () => source.database, spillDir: paths.spill });
  try {
    const served = () => ({ source, warehouse });
    const parts = { paths, served, tenant: tenant('default'), version, clock: () => new Date() };
    return await backupsOf(parts).create();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'warehouse.locked') throw error;
    throw new AppError('warehouse.locked', `${error.detail} ${LOCKED}`, { cause: error });
  } finally {
    await warehouse.close();
  }
}

const LOCKED =
  'Nothing was saved. If that is a service, it must be asked on the machine or in the container where it runs; an import has to end first.';
