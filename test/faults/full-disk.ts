import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Fills the disk of this folder to the last byte, then frees so many again. */
export function fillDisk(folder: string, freeBytes = 0): void {
  const file = openSync(join(folder, 'filler'), 'w');
  const block = Buffer.alloc(4_096, 1);
  let size = 0;
  try {
    for (;;) size += writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  ftruncateSync(file, Math.max(0, size - freeBytes));
  closeSync(file);
}

/** Gives back what `fillDisk` took. */
export function freeDisk(folder: string): void {
  rmSync(join(folder, 'filler'));
}
