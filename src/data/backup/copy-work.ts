import { chmodSync, constants, copyFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { sync } from '../../lib/durable.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { hashFile } from './hash-file.ts';
import type { BackupFile, SavedFile } from './manifest.ts';

/** A file to save. `file`: as its bytes are; `sqlite`: as of one moment, although others write to it. */
export type Copy = {
  readonly how: 'file' | 'sqlite';
  readonly from: string;
  readonly name: BackupFile;
  /** Saved when it is there. */
  readonly isOptional: boolean;
};

/** Copies into `folder`, and names what was there. The copies have not reached the disk yet: see `seal`. */
export function copy(folder: string, copies: readonly Copy[]): readonly BackupFile[] {
  return copies.filter((one) => copyOne(one, join(folder, one.name))).map(({ name }) => name);
}

function copyOne({ how, from, isOptional }: Copy, to: string): boolean {
  try {
    // Where the file system can, the copy shares the blocks of the original and takes no time.
    if (how === 'file') copyFileSync(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    else copySqlite(from, to);
    // Rows are personal and records hold secrets: for their owner only, whatever the mode of the original.
    chmodSync(to, 0o600);
    return true;
  } catch (error) {
    if (isOptional && isSystemError(error) && error.code === 'ENOENT') return false;
    throw error;
  }
}

function copySqlite(from: string, to: string): void {
  const database = new DatabaseSync(from, { timeout: 5_000 });
  try {
    database.prepare('vacuum into ?').run(to);
  } finally {
    database.close();
  }
}

/** Brings the copies to the disk and measures them. */
export async function seal(folder: string, names: readonly BackupFile[]): Promise<readonly SavedFile[]> {
  const files: SavedFile[] = [];
  for (const name of names) {
    await sync(join(folder, name));
    files.push(await hashFile(join(folder, name)));
  }
  await sync(folder);
  return files;
}

/** What a copying process can be asked. */
export const COPY_WORK = Object.freeze({ copy, seal });

/** A failure as it crosses from one process to another. */
export type Fault = { readonly message: string; readonly isDiskFull: boolean };

const SQLITE_FULL = 13;

export function faultOf(error: unknown): Fault {
  const { message, code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
  return { message, isDiskFull: code === 'ENOSPC' || code === 'EDQUOT' || errcode === SQLITE_FULL };
}
