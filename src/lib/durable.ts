import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Windows opens no folder, and flushes no file that was opened to be read. */
const canSync = process.platform !== 'win32';

/** Waits until a file's content, or the names in a folder, would survive a power cut, where the system can do that. */
export async function sync(path: string): Promise<void> {
  if (!canSync) return;
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function syncNow(path: string): void {
  if (!canSync) return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes a whole file or nothing of it, under another name first: a reader sees the old text or the new one, also after a crash. */
export function writeWhole(path: string, text: string, mode = 0o600): void {
  const draft = `${path}.new`;
  try {
    writeFileSync(draft, text, { mode, flush: true });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  syncNow(dirname(path));
}
