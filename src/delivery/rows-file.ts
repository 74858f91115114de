import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sync } from '../lib/durable.ts';

/**
 * Writes a file as its bytes come, under the name `<file>.part` until all are there: whoever looks sees what was there
 * before, or all of it. Throws what the bytes throw, what the system refuses, and the reason of the signal.
 */
export async function writeRowsFile(file: string, bytes: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(bytes, { objectMode: false }), createWriteStream(part, { flush: true }), { signal });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw signal.aborted ? signal.reason : error;
  }
  await sync(dirname(file));
}
