import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SavedFile } from './manifest.ts';

/** Name, size and SHA-256 of a file, read through one buffer. */
export async function hashFile(path: string): Promise<SavedFile> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1024 ** 2);
  const handle = await open(path);
  try {
    for (let bytes = 0; ;) {
      const { bytesRead } = await handle.read(buffer);
      if (bytesRead === 0) return { name: basename(path), bytes, sha256: hash.digest('hex') };
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
