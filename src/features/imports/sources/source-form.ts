import { AppError } from '../../../lib/app-error.ts';
import type { ImportSource, SourceEncoding, SourceFormat } from '../../../data/catalog/import-plan.ts';
import { detectDialect } from './detect-dialect.ts';
import { detectEncoding, markedEncoding } from './detect-encoding.ts';
import { detectTextFormat, isParquet } from './detect-format.ts';
import { GZIP, refuseArchive } from './file-magic.ts';
import { readHead, type SourceFile } from './source-file.ts';
import type { FormField, SourceForm } from './source-model.ts';
import { transcoder } from './transcode.ts';

/** Bytes of a file by which it is judged. */
const HEAD = 1 << 20;

/**
 * How a file is written: what the catalog says, and the rest by its content. Throws `import.failed` when the two
 * contradict each other, or the file is something else altogether.
 */
export async function detectForm(source: ImportSource, file: SourceFile, maxBytes: number): Promise<SourceForm> {
  const { head, isWhole } = await readHead(file, HEAD);
  if (file.isGzip) refuseArchive(file.path, head);
  if (file.isGzip && head.indexOf(GZIP) === 0) throw contradiction(source, 'it is packed with gzip twice');
  const compression = file.isGzip ? 'gzip' : null;
  const base = { compression, delimiter: null, quote: null } as const;
  const isTable = isParquet(head);
  if (source.format === 'parquet' || (source.format === undefined && isTable)) {
    checkFields(source, 'parquet');
    return { ...base, format: 'parquet', encoding: null, detected: detected(source, ['format', 'compression']) };
  }
  if (isTable) throw contradiction(source, `its format is declared as ${source.format}, and it is a Parquet file`);
  const encoding = encodingOf(source, head);
  const text = toUtf8(head, encoding);
  const format = source.format ?? textFormat(source, text, isWhole);
  checkFields(source, format);
  if (format !== 'csv') {
    return { ...base, format, encoding, detected: detected(source, ['format', 'encoding', 'compression']) };
  }
  const { delimiter, quote, columns } = source;
  checkDialect(source);
  const question = { head: text, isWhole, maxBytes, declared: { delimiter, quote }, width: columns?.length };
  return {
    ...base,
    format,
    encoding,
    ...detectDialect(question),
    detected: detected(source, ['format', 'encoding', 'compression', 'delimiter', 'quote']),
  };
}

/** The first bytes as UTF-8, without a byte order mark. */
function toUtf8(head: Buffer, encoding: SourceEncoding): Buffer {
  const text = transcoder(encoding).push(head);
  return markedEncoding(text) === 'utf-8' ? text.subarray(3) : text;
}

function encodingOf(source: ImportSource, head: Buffer): SourceEncoding {
  const marked = markedEncoding(head);
  if (source.encoding === undefined) return detectEncoding(head);
  if (marked === undefined || marked === source.encoding) return source.encoding;
  throw contradiction(source, `its encoding is declared as ${source.encoding}, and its byte order mark says ${marked}`);
}

/** Who names a delimiter or a quote speaks of CSV. */
function textFormat({ delimiter, quote }: ImportSource, text: Buffer, isWhole: boolean): SourceFormat {
  const saysCsv = delimiter !== undefined || quote !== undefined;
  return saysCsv ? 'csv' : detectTextFormat(text.toString(), isWhole);
}

const MEANINGLESS: Readonly<Record<SourceFormat, readonly (keyof ImportSource)[]>> = {
  csv: [],
  json: ['delimiter', 'quote'],
  ndjson: ['delimiter', 'quote'],
  parquet: ['encoding', 'delimiter', 'quote', 'columns', 'nullTexts'],
};

function checkFields(source: ImportSource, format: SourceFormat): void {
  for (const field of MEANINGLESS[format]) {
    const value = source[field];
    if (value === undefined || (field === 'nullTexts' && source.nullTexts.length === 0)) continue;
    const word = field === 'nullTexts' ? 'null_texts' : field;
    throw contradiction(source, `${word} says nothing about a file of format ${format}; leave it out`);
  }
}

function checkDialect(source: ImportSource): void {
  const { delimiter, quote } = source;
  for (const [name, value] of Object.entries({ delimiter, quote })) {
    if (value === undefined || /^[\t\x20-\x7e]$/.test(value) || (name === 'quote' && value === '')) continue;
    throw contradiction(source, `${name} must be one ASCII character`);
  }
  if (delimiter !== undefined && delimiter === quote) throw contradiction(source, 'delimiter and quote must differ');
}

function detected(source: ImportSource, fields: readonly FormField[]): FormField[] {
  return fields.filter((field) => field === 'compression' || source[field] === undefined);
}

function contradiction(source: ImportSource, words: string): AppError {
  return new AppError('import.failed', `source ${source.name}: ${words}`);
}
