import { join } from 'node:path';
import { AppError } from '../../../lib/app-error.ts';
import type { ImportSource } from '../../../data/catalog/import-plan.ts';
import { jsonScanner, type JsonScan } from './json-scan.ts';
import { readChunks, type SourceFile } from './source-file.ts';
import { openCopy, reading, type CopyFile } from './source-text.ts';
import type { Judged, ReadyOptions } from './source.ts';

/** Bytes that are taken at once: short records of many columns grow to some hundred times that. */
const PIECE = 1 << 16;

type Pass = { readonly scan: JsonScan; readonly isQuoted: boolean; readonly isEven: boolean };

/**
 * Judges a JSON or NDJSON file, and writes its sound records as CSV that needs no judging. The columns are the keys in
 * the order in which they appear; when one appears after the first row was written, the file is read once more.
 */
export async function judgeJson(
  source: ImportSource,
  file: SourceFile,
  format: 'json' | 'ndjson',
  options: ReadyOptions,
): Promise<Judged> {
  const path = join(options.workDir, `${source.name}.csv`);
  const first = await pass(path, file, { source, format, columns: source.columns ?? [], options });
  const { columns, keys, lineOf } = first.scan;
  if (columns.length === 0) throw withoutColumns(first.scan);
  const again = { ...options, onReject: undefined };
  const last = first.isEven ? first : await pass(path, file, { source, format, columns: keys, options: again });
  const place = { path, isGzip: false, hasHeader: false, isCopy: true, delimiter: ',', quote: '"' };
  return { scan: first.scan, lineOf, readable: { kind: 'csv', isQuoted: last.isQuoted, ...place } };
}

type Work = {
  readonly source: ImportSource;
  readonly format: 'json' | 'ndjson';
  readonly columns: readonly string[];
  readonly options: ReadyOptions;
};

/** Reads the file once; `isEven` says that all rows were written with all columns. */
async function pass(path: string, file: SourceFile, { source, format, columns, options }: Work): Promise<Pass> {
  const { maxBytes, samples, onReject, signal, fileBytes } = options;
  const rows = csvRows();
  const scanner = jsonScanner({ format, columns, maxBytes, samples, onReject }, rows.add);
  const out = await openCopy(path, file.path, 3 * fileBytes);
  try {
    for await (const chunk of readChunks(file, reading(file, `checking ${source.file}`, options))) {
      signal?.throwIfAborted();
      for (let at = 0; at < chunk.length; at += PIECE) {
        scanner.push(chunk.subarray(at, at + PIECE));
        await rows.flush(out);
      }
    }
    const scan = scanner.end();
    await rows.flush(out);
    return {
      scan,
      isQuoted: rows.isQuoted(),
      isEven: rows.width() === undefined || rows.width() === scan.columns.length,
    };
  } finally {
    await out.close();
  }
}

/** Rows as CSV text, as long as all have the width of the first. */
function csvRows() {
  let text = '';
  let width: number | undefined;
  let isQuoted = false;
  const field = (value: string) => {
    if (!/[",\n\r]/.test(value)) return value;
    isQuoted = true;
    return `"${value.replaceAll('"', '""')}"`;
  };
  return {
    add: (values: readonly string[]) => {
      width ??= values.length;
      if (values.length !== width) return;
      const line = values.map(field).join(',');
      // Another reader would skip a blank line.
      text += line === '' ? '""\n' : `${line}\n`;
    },
    flush: async (out: CopyFile) => {
      const block = Buffer.from(text);
      text = '';
      if (block.length > 0) await out.write(block);
    },
    width: () => width,
    isQuoted: () => isQuoted,
  };
}

function withoutColumns({ rejects }: JsonScan): AppError {
  const reasons = [...rejects].map(([reason, { rows }]) => `${rows} ${reason}`).join(', ');
  const why =
    reasons === '' ? 'it has no object with a key' : `none of its records is an object with a key (${reasons})`;
  return new AppError('import.failed', `the file cannot be read: ${why}; declare its columns to take it as empty`);
}
