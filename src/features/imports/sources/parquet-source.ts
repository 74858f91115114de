import { open } from 'node:fs/promises';
import { AppError } from '../../../lib/app-error.ts';
import { PARQUET } from './file-magic.ts';
import { readFooter, type ParquetFooter } from './parquet-footer.ts';
import { tooLarge, type SourceFile } from './source-file.ts';
import type { Judged, ReadyOptions } from './source.ts';

/** A footer describes each column of each row group; a larger one is no Parquet file. */
const MAX_FOOTER = 256 * 1024 * 1024;

/**
 * What the footer of a Parquet file says: its columns and how many rows it has, which must be as many as the warehouse
 * reads. `origin` is named in errors. Throws `import.failed` when it is no Parquet file, or not a whole one.
 */
export async function judgeParquet(origin: string, file: SourceFile, { fileBytes }: ReadyOptions): Promise<Judged> {
  const footer = await footerOf(origin, file);
  if (Math.max(file.bytes, footer.bytes) > fileBytes) throw tooLarge(origin, fileBytes);
  return {
    scan: { columns: footer.columns, read: footer.rows, blankLines: 0, rejects: new Map() },
    readable: { kind: 'parquet', path: file.path },
    lineOf: () => undefined,
  };
}

async function footerOf(origin: string, { path, bytes }: SourceFile): Promise<ParquetFooter> {
  const handle = await open(path);
  const read = async (from: number, length: number) =>
    (await handle.read(Buffer.alloc(length), 0, length, from)).buffer.subarray(0, length);
  try {
    const head = await read(0, Math.min(4, bytes));
    if (!head.equals(PARQUET)) throw broken(origin, 'it is no Parquet file: it does not begin with PAR1');
    const tail = bytes < 12 ? Buffer.alloc(8) : await read(bytes - 8, 8);
    if (!tail.subarray(4).equals(PARQUET)) throw broken(origin, 'it is cut off: a Parquet file ends with PAR1');
    const length = tail.readUInt32LE(0);
    if (length > Math.min(bytes - 12, MAX_FOOTER)) throw broken(origin, 'its footer is damaged');
    const footer = readFooter(await read(bytes - 8 - length, length));
    if (footer === undefined) throw broken(origin, 'its footer is damaged');
    return footer;
  } finally {
    await handle.close();
  }
}

function broken(path: string, why: string): AppError {
  return new AppError('import.failed', `${path} cannot be read: ${why}`);
}
