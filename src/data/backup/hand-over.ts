import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import { sync } from '../../lib/durable.ts';
import { MANIFEST, type Manifest } from './manifest.ts';
import { namesIn, verifyBackup } from './verify-backup.ts';

/** Throws `backup.failed` unless there is nothing at the path, or an empty folder. */
export function refuseUsedFolder(folder: string): void {
  if (!existsSync(folder)) return;
  let what = 'is not empty';
  try {
    if (readdirSync(folder).length === 0) return;
  } catch {
    what = 'is not a folder that can be read';
  }
  throw new AppError('backup.failed', `${folder} ${what}; name a new folder, or an empty one`);
}

/** Moves a finished backup to an empty folder, and checks there that it is whole. */
export async function handOver(from: string, to: string): Promise<Manifest> {
  refuseUsedFolder(to);
  mkdirSync(dirname(to), { recursive: true });
  if (isRenamed(from, to)) {
    await sync(dirname(to));
    return verifyBackup(to);
  }
  await copyOver(from, to, await verifyBackup(from));
  const manifest = await verifyBackup(to);
  await rm(from, { recursive: true, force: true });
  return manifest;
}

/** Another file system, or a folder that something is mounted on, takes no renamed folder. */
const CANNOT_RENAME: ReadonlySet<string | undefined> = new Set(['EXDEV', 'EBUSY', 'EPERM', 'EACCES']);

function isRenamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (CANNOT_RENAME.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}

/** The manifest last: what is cut off has none. */
async function copyOver(from: string, to: string, manifest: Manifest): Promise<void> {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of [...namesIn(manifest), MANIFEST]) {
    await cp(join(from, name), join(to, name));
    await sync(join(to, name));
  }
  await sync(to);
}
