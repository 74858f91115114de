import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../lib/app-error.ts';
import { isSystemError } from '../../../lib/system-error.ts';

/** One part of a multipart body, as the parser hands it out. */
export type Part =
  | { readonly type: 'file'; readonly fieldname: string; readonly filename: string; readonly file: Readable }
  | { readonly type: 'field'; readonly fieldname: string; readonly value: unknown };

/** What arrived: names of the files in the folder, and the catalog, which is no file of the data. */
export type Received = { readonly files: readonly string[]; readonly catalog: string | undefined };

export type ReceiveOptions = {
  /** Is made; files are stored in it under the names that they were sent with. */
  readonly folder: string;
  readonly maxBytes: number;
  readonly maxCatalogBytes: number;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
};

/** The longest name that file systems take, in bytes. */
const NAME_BYTES = 255;

/**
 * Streams the files of a multipart body to a folder. The part `catalog`, a field or a file, is handed back as text.
 * Throws request.malformed for a name that is no file name, comes twice, or a field that is not known; upload.too_large;
 * warehouse.disk_full; the signal's reason. What was stored until then stays, the caller takes the folder away.
 */
export async function receiveParts(parts: AsyncIterable<Part>, options: ReceiveOptions): Promise<Received> {
  await mkdir(options.folder, { recursive: true });
  const files: string[] = [];
  let catalog: string | undefined;
  let received = 0;
  const count = (bytes: number) => {
    received += bytes;
    if (received > options.maxBytes)
      throw new AppError('upload.too_large', `The files have more than ${options.maxBytes} bytes together.`);
    options.onBytes(received);
  };
  for await (const part of parts) {
    options.signal.throwIfAborted();
    if (part.fieldname === 'catalog') {
      if (catalog !== undefined) throw new AppError('request.malformed', 'The part "catalog" comes twice.');
      catalog = await textOf(part, options);
    } else if (part.type === 'file') {
      const name = checkedName(part.filename, files);
      files.push(name);
      await store(part.file, join(options.folder, name), count, options.signal);
    } else {
      throw new AppError(
        'request.malformed',
        `The part ${JSON.stringify(part.fieldname.slice(0, 100))} is no file; options stand in the address.`,
      );
    }
  }
  return { files, catalog };
}

function checkedName(name: string, files: readonly string[]): string {
  const shown = JSON.stringify(name.slice(0, 300));
  const isName = name !== '' && name !== '.' && name !== '..' && basename(name) === name && !/[/\\\0]/.test(name);
  if (!isName || Buffer.byteLength(name) > NAME_BYTES)
    throw new AppError('request.malformed', `${shown} is no name of a file: no folders, at most ${NAME_BYTES} bytes.`);
  if (files.includes(name)) throw new AppError('request.malformed', `The file ${shown} comes twice.`);
  return name;
}

async function store(file: Readable, path: string, count: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        count(chunk.length);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  try {
    await pipeline(file, counting, createWriteStream(path, { flags: 'wx' }), { signal });
  } catch (cause) {
    signal.throwIfAborted();
    if (isSystemError(cause) && cause.code === 'ENOSPC')
      throw new AppError('warehouse.disk_full', 'The disk is full: the file could not be stored.', { cause });
    throw cause;
  }
}

async function textOf(part: Part, { maxCatalogBytes, signal }: ReceiveOptions): Promise<string> {
  if (part.type === 'field') return String(part.value);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of part.file) {
    signal.throwIfAborted();
    bytes += (chunk as Buffer).length;
    if (bytes > maxCatalogBytes)
      throw new AppError('upload.too_large', `The catalog has more than ${maxCatalogBytes} bytes.`);
    chunks.push(chunk as Buffer);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError('request.malformed', 'The catalog is not UTF-8 text.', { cause });
  }
}
