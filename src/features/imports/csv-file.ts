import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../lib/app-error.ts';

export type CsvFile = { readonly path: string; readonly bytes: number; readonly isGzip: boolean };

/** What is at `path`; gzip is told by its first bytes, not by its name. Throws `import.failed` unless it is a file that can be read. */
export async function openCsvFile(path: string): Promise<CsvFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const state = await handle.stat();
    if (!state.isFile()) throw new AppError('import.failed', `${path} is not a file`);
    const head = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return { path, bytes: state.size, isGzip: head.bytesRead === 2 && head.buffer.readUInt16BE() === 0x1f8b };
  } catch (cause) {
    throw refused(path, cause);
  } finally {
    await handle?.close();
  }
}

/** The unpacked bytes of a file in order; `onBytes` hears how many bytes of the file itself were read. */
export async function* readChunks(file: CsvFile, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const raw = createReadStream(file.path, { highWaterMark: 1 << 20 });
  // zlib gets its own error from a broken file; that of the disk has to be handed on.
  const unpacked = file.isGzip ? raw.pipe(createGunzip({ chunkSize: 1 << 20 })) : raw;
  raw.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const chunk of unpacked) {
      onBytes(raw.bytesRead);
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw refused(file.path, cause);
  } finally {
    raw.destroy();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  Z_BUF_ERROR: 'it is cut off: the packed data ends too early',
  Z_DATA_ERROR: 'its packed data is damaged',
};

function refused(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  return new AppError('import.failed', `${path} cannot be read: ${REASONS[code ?? ''] ?? message}`, { cause });
}
