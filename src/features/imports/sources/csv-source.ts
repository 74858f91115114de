import { join } from 'node:path';
import type { ImportSource } from '../../../data/catalog/import-plan.ts';
import { csvScanner, type CsvScan, type CsvSink } from './csv-scan.ts';
import { joinQuoted, splitRecord } from './csv-split.ts';
import type { Dialect } from './detect-dialect.ts';
import { readChunks, type SourceFile } from './source-file.ts';
import { openCopy, reading } from './source-text.ts';
import type { Judged, ReadyOptions } from './source.ts';

/** Scans a CSV file, and again into a copy of its sound records when it is not plain. */
export async function judgeCsv(
  source: ImportSource,
  file: SourceFile,
  dialect: Dialect,
  options: ReadyOptions,
): Promise<Judged> {
  const scan = await scanFile(source, file, dialect, options, `checking ${source.file}`);
  const { lineOf, isQuoted } = scan;
  const { path, isGzip } = file;
  const plain = { path, isGzip, hasHeader: source.columns === undefined, isCopy: false };
  const place = scan.isPlain ? plain : await copySound(source, file, dialect, options);
  return { scan, lineOf, readable: { kind: 'csv', isQuoted, ...dialect, ...place } };
}

async function scanFile(
  source: ImportSource,
  file: SourceFile,
  dialect: Dialect,
  options: ReadyOptions,
  phase: string,
  copy?: CsvSink & { flush(): Promise<void> },
): Promise<CsvScan> {
  const { maxBytes, samples, signal } = options;
  // A second scan finds the same records: they were told by the first.
  const onReject = copy === undefined ? options.onReject : undefined;
  const scanner = csvScanner({ ...dialect, columns: source.columns, maxBytes, samples, onReject }, copy);
  for await (const chunk of readChunks(file, reading(file, phase, options))) {
    signal?.throwIfAborted();
    scanner.push(chunk);
    await copy?.flush();
  }
  const scan = scanner.end();
  await copy?.flush();
  return scan;
}

async function copySound(source: ImportSource, file: SourceFile, dialect: Dialect, options: ReadyOptions) {
  const path = join(options.workDir, `${source.name}.csv`);
  const out = await openCopy(path, file.path, 3 * options.fileBytes);
  try {
    const phase = `copying the sound rows of ${source.file}`;
    await scanFile(source, file, dialect, options, phase, soundRecords(out.write, dialect));
  } finally {
    await out.close();
  }
  return { path, isGzip: false, hasHeader: false, isCopy: true };
}

/** Writes each sound record on with one kind of line end; fields that other readers take in several ways are quoted. */
function soundRecords(write: (bytes: Buffer) => Promise<void>, { delimiter, quote }: Dialect) {
  let pieces: Buffer[] = [];
  const lineEnd = Buffer.from('\n');
  const quoted = (text: string) => Buffer.from(joinQuoted(splitRecord(text, delimiter, quote), delimiter, quote));
  return {
    onRecord: (bytes: Buffer, from: number, end: number, hasStrayQuote: boolean) => {
      const isUnusual = hasStrayQuote || (from === end && quote !== '');
      pieces.push(isUnusual ? quoted(bytes.toString('utf8', from, end)) : bytes.subarray(from, end), lineEnd);
    },
    onRun: (bytes: Buffer, from: number, to: number) => pieces.push(bytes.subarray(from, to)),
    flush: async () => {
      const block = Buffer.concat(pieces);
      pieces = [];
      await write(block);
    },
  };
}
