import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import type { ImportSource } from '../../data/catalog/import-plan.ts';
import { openCsvFile, readChunks, type CsvFile } from './csv-file.ts';
import type { CsvScan, OnRecord } from './csv-model.ts';
import { csvScanner } from './csv-scan.ts';
import { joinQuoted, splitRecord } from './csv-split.ts';
import type { Progress } from './model.ts';

/** A source that was scanned: what was found, and the file that the warehouse can read without judging it. */
export type ReadySource = {
  readonly source: ImportSource;
  readonly file: CsvFile;
  readonly scan: CsvScan;
  readonly form: { readonly delimiter: string; readonly quote: string };
  /** The file itself when it is plain, else a copy of its sound records without a header line. */
  readonly readable: { readonly path: string; readonly isGzip: boolean; readonly isCopy: boolean };
};

export type ReadyOptions = {
  /** Folder for copies; removed by the caller. */
  readonly workDir: string;
  readonly maxBytes: number;
  readonly samples: number;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
};

type Copy = { readonly onRecord: OnRecord; flush(): Promise<void> };

/** Scans the file at `path`, and again into a copy when it is not plain. Throws `import.failed` for a file that cannot be read at all. */
export async function readySource(source: ImportSource, path: string, options: ReadyOptions): Promise<ReadySource> {
  const form = { delimiter: source.delimiter ?? ',', quote: source.quote ?? '"' };
  for (const [name, value] of Object.entries(form)) {
    const isByte = /^[\t\x20-\x7e]$/.test(value) || (name === 'quote' && value === '');
    if (!isByte) throw new AppError('import.failed', `source ${source.name}: ${name} must be one ASCII character`);
  }
  if (form.delimiter === form.quote) {
    throw new AppError('import.failed', `source ${source.name}: delimiter and quote must differ`);
  }
  const file = await openCsvFile(path);
  const scan = await scanFile(source, file, form, options, `checking ${source.file}`);
  const plain = { path, isGzip: file.isGzip, isCopy: false };
  const readable = scan.isPlain ? plain : await copySound(source, file, form, options);
  return { source, file, scan, form, readable };
}

async function scanFile(
  source: ImportSource,
  file: CsvFile,
  form: ReadySource['form'],
  options: ReadyOptions,
  phase: string,
  copy?: Copy,
): Promise<CsvScan> {
  const { maxBytes, samples, progress, signal } = options;
  const scanner = csvScanner({ ...form, columns: source.columns, maxBytes, samples }, copy?.onRecord);
  const onBytes = (bytes: number) => progress(phase, `${megabytes(bytes)} of ${megabytes(file.bytes)} MB`);
  for await (const chunk of readChunks(file, onBytes)) {
    signal?.throwIfAborted();
    scanner.push(chunk);
    await copy?.flush();
  }
  const scan = scanner.end();
  await copy?.flush();
  return scan;
}

async function copySound(
  source: ImportSource,
  file: CsvFile,
  form: ReadySource['form'],
  options: ReadyOptions,
): Promise<ReadySource['readable']> {
  const path = join(options.workDir, `${source.name}.csv`);
  const handle = await open(path, 'w');
  try {
    const phase = `copying the sound rows of ${source.file}`;
    await scanFile(source, file, form, options, phase, soundRecords(handle, form));
  } finally {
    await handle.close();
  }
  return { path, isGzip: false, isCopy: true };
}

/** Writes each sound record on with one kind of line end; fields that other readers take in several ways are quoted. */
function soundRecords(handle: FileHandle, { delimiter, quote }: ReadySource['form']): Copy {
  let pieces: Buffer[] = [];
  const lineEnd = Buffer.from('\n');
  const quoted = (text: string) => Buffer.from(joinQuoted(splitRecord(text, delimiter, quote), delimiter, quote));
  return {
    onRecord: (bytes, from, end, hasStrayQuote) => {
      const isUnusual = hasStrayQuote || (from === end && quote !== '');
      pieces.push(isUnusual ? quoted(bytes.toString('utf8', from, end)) : bytes.subarray(from, end), lineEnd);
    },
    flush: async () => {
      const block = Buffer.concat(pieces);
      pieces = [];
      await handle.appendFile(block);
    },
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
