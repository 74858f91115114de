import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../../lib/app-error.ts';
import { GZIP, refuseArchive } from './file-magic.ts';

export type SourceFile = { readonly path: string; readonly bytes: number; readonly isGzip: boolean };

/** What is at `path`; gzip is told by its first bytes, not by its name. Throws `import.failed` unless it is a file that can be read. */
export async function openSourceFile(path: string): Promise<SourceFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const state = await handle.stat();
    if (!state.isFile()) throw new AppError('import.failed', `${path} is not a file`);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    const head = buffer.subarray(0, bytesRead);
    refuseArchive(path, head);
    return { path, bytes: state.size, isGzip: head.indexOf(GZIP) === 0 };
  } catch (cause) {
    throw refused(path, cause);
  } finally {
    await handle?.close();
  }
}

export type Reading = {
  /** Most unpacked bytes: IMPORT_BYTES. More throws `import.failed`. */
  readonly fileBytes: number;
  /** Hears how many bytes of the file itself were read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
};

/** The unpacked bytes of a file in order. */
export async function* readChunks(file: SourceFile, { fileBytes, onBytes }: Reading): AsyncGenerator<Buffer> {
  const raw = createReadStream(file.path, { highWaterMark: 1 << 20 });
  // zlib gets its own error from a broken file; that of the disk has to be handed on.
  const unpacked = file.isGzip ? raw.pipe(createGunzip({ chunkSize: 1 << 20 })) : raw;
  raw.on('error', (error) => unpacked.destroy(error));
  let total = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > fileBytes) throw tooLarge(file.path, fileBytes);
      onBytes?.(raw.bytesRead);
      yield chunk;
    }
  } catch (cause) {
    throw refused(file.path, cause);
  } finally {
    raw.destroy();
  }
}

/** The first unpacked bytes, at most `bytes` of them, and whether they are all. */
export async function readHead(
  file: SourceFile,
  bytes: number,
): Promise<{ readonly head: Buffer; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of readChunks(file, { fileBytes: Infinity })) {
    chunks.push(chunk);
    total += chunk.length;
    if (total > bytes) break;
  }
  return { head: Buffer.concat(chunks).subarray(0, bytes), isWhole: total <= bytes };
}

export function tooLarge(path: string, fileBytes: number): AppError {
  return new AppError(
    'import.failed',
    `${path} holds more than ${fileBytes} bytes when unpacked and read as text; the setting IMPORT_BYTES allows more`,
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  ENAMETOOLONG: 'its name is too long for this system',
  Z_BUF_ERROR: 'it is cut off: the packed data ends too early',
  Z_DATA_ERROR: 'its packed data is damaged',
};

function refused(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  return new AppError('import.failed', `${path} cannot be read: ${REASONS[code ?? ''] ?? message}`, { cause });
}
