import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { readChunks, tooLarge, type SourceFile } from './source-file.ts';
import type { SourceForm } from './source-model.ts';
import type { ReadyOptions } from './source.ts';
import { transcoder } from './transcode.ts';

/** The file itself when it can be read as it is: UTF-8, or Parquet that is not packed. Else a copy of it in the work folder. */
export async function directFile(
  name: string,
  file: SourceFile,
  form: SourceForm,
  options: ReadyOptions,
): Promise<SourceFile> {
  const isDirect = form.format === 'parquet' ? !file.isGzip : form.encoding === 'utf-8';
  if (isDirect) return file;
  const path = join(options.workDir, `${name}.unpacked`);
  const { push, end } = transcoder(form.encoding ?? 'utf-8');
  const out = await openCopy(path, file.path, options.fileBytes);
  try {
    for await (const chunk of readChunks(file, reading(file, `unpacking ${name}`, options))) {
      options.signal?.throwIfAborted();
      await out.write(push(chunk));
    }
    await out.write(end());
  } finally {
    await out.close();
  }
  return { path, bytes: out.bytes(), isGzip: false };
}

/** How a file is read: within its limit, and telling how far. */
export function reading(file: SourceFile, phase: string, { fileBytes, progress }: ReadyOptions) {
  const onBytes = (bytes: number) => progress(phase, `${megabytes(bytes)} of ${megabytes(file.bytes)} MB`);
  return { fileBytes, onBytes };
}

export type CopyFile = { write(bytes: Buffer): Promise<void>; bytes(): number; close(): Promise<void> };

/** A new file at `path` for what is read from `origin`; it keeps to the same limit, because text can grow on the way. */
export async function openCopy(path: string, origin: string, fileBytes: number): Promise<CopyFile> {
  const handle: FileHandle = await open(path, 'w');
  let total = 0;
  return {
    write: async (bytes) => {
      total += bytes.length;
      if (total > fileBytes) throw tooLarge(origin, fileBytes);
      if (bytes.length > 0) await handle.appendFile(bytes);
    },
    bytes: () => total,
    close: () => handle.close(),
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
