import { stat } from 'node:fs/promises';
import type { ImportSource } from '../../../data/catalog/import-plan.ts';
import { judgeCsv } from './csv-source.ts';
import { judgeJson } from './json-source.ts';
import type { Progress } from '../model.ts';
import { judgeParquet } from './parquet-source.ts';
import { openSourceFile, type SourceFile } from './source-file.ts';
import { detectForm } from './source-form.ts';
import type { OnReject, Readable, SourceForm, SourceScan } from './source-model.ts';
import { directFile } from './source-text.ts';

/** A source that was judged: what was found, and the file that the warehouse can read without judging it. */
export type ReadySource = Judged & {
  readonly source: ImportSource;
  readonly form: SourceForm;
  /** Whether the file is still the one that was judged, unchanged. */
  isSame(): Promise<boolean>;
};

export type Judged = {
  readonly scan: SourceScan;
  readonly readable: Readable;
  /** Line of the file on which its row-th sound record (from 1) starts; undefined for Parquet, and where it is not known. */
  lineOf(row: number): number | undefined;
};

export type ReadyOptions = {
  /** Folder for copies; removed by the caller. */
  readonly workDir: string;
  /** Longest record. */
  readonly maxBytes: number;
  /** Most unpacked bytes of the file. */
  readonly fileBytes: number;
  readonly samples: number;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
  /** Hears of every rejected record once, in the order of the file. */
  readonly onReject?: OnReject | undefined;
};

/**
 * Judges the file at `path` record by record:
 *
 *     open (source-file) -> how it is written (source-form) -> unpacked and as UTF-8 (source-text)
 *       -> csv-source | json-source | parquet-source -> what the warehouse reads (source-queries)
 *
 * Throws `import.failed` for a file that cannot be read at all.
 */
export async function readySource(source: ImportSource, path: string, options: ReadyOptions): Promise<ReadySource> {
  const before = await fileIdentity(path);
  const file = await openSourceFile(path);
  const isSame = async () => (await fileIdentity(path)) === before;
  const form = await detectForm(source, file, options.maxBytes);
  const direct = await directFile(source.name, file, form, options);
  return { source, form, isSame, ...(await judged(source, path, direct, form, options)) };
}

function judged(
  source: ImportSource,
  path: string,
  direct: SourceFile,
  { format, delimiter, quote }: SourceForm,
  options: ReadyOptions,
): Promise<Judged> {
  switch (format) {
    case 'csv':
      return judgeCsv(source, direct, { delimiter: delimiter!, quote: quote! }, options);
    case 'json':
    case 'ndjson':
      return judgeJson(source, direct, format, options);
    case 'parquet':
      return judgeParquet(path, direct, options);
  }
}

async function fileIdentity(path: string): Promise<string> {
  const { dev, ino, size, mtimeMs } = await stat(path).catch(() => ({ dev: 0, ino: 0, size: -1, mtimeMs: 0 }));
  return [dev, ino, size, mtimeMs].join(' ');
}
