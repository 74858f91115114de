import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { SnowflakeError, unsupported } from './errors.ts';
import { inTransaction } from './execute.ts';
import { type Answer, plainAnswer, STATEMENT_TYPES } from './results.ts';
import { scopeOf, type Session } from './sessions.ts';
import type { Copy } from './sql/copy.ts';
import { keyOf, quoteText } from './sql/names.ts';
import { tableAddress } from './sql/objects.ts';
import { filesIn, type Stages, textOf } from './stage.ts';
import { plainColumn } from './types/encode.ts';

const COLUMNS = [
  plainColumn('file'),
  plainColumn('status'),
  ...['rows_parsed', 'rows_loaded', 'error_limit', 'errors_seen'].map((name) => plainColumn(name, 'fixed')),
  ...['first_error', 'first_error_line', 'first_error_character', 'first_error_column_name'].map((name) =>
    plainColumn(name),
  ),
];

/** COPY INTO a table: all files or none (ON_ERROR = ABORT_STATEMENT). A file that was loaded is left out the next time, unless FORCE. */
export async function runCopy(session: Session, copy: Copy, stages: Stages): Promise<Answer> {
  const folder = stages.folderOf(copy.stage, session);
  const all = filesIn(folder).filter((file) => copy.files.length === 0 || copy.files.includes(relative(folder, file)));
  const marks = new Map(all.map((file) => [file, `${keyOf(copy.target)} ${file} ${hashOf(file)}`]));
  const files = all.filter((file) => copy.isForced || !stages.loaded.has(marks.get(file)!));
  if (files.length === 0) {
    return plainAnswer([plainColumn('status')], [['Copy executed with 0 files processed.']], STATEMENT_TYPES.copy);
  }
  const work = () => loadAll(session, copy, files);
  const counts = await (session.isInTransaction ? work() : inTransaction(session.connection, work));
  session.changed.add(keyOf(copy.target));
  for (const file of files) stages.loaded.add(marks.get(file)!);
  if (copy.isPurging) for (const file of files) rmSync(file);
  const rows = files.map((file, i) => [
    relative(folder, file) || file,
    'LOADED',
    counts[i]!,
    counts[i]!,
    '1',
    '0',
    null,
    null,
    null,
    null,
  ]);
  return plainAnswer(COLUMNS, rows, STATEMENT_TYPES.copy);
}

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

async function loadAll(session: Session, copy: Copy, files: readonly string[]): Promise<string[]> {
  const counts: string[] = [];
  for (const file of files) {
    const text = loadText(session, copy, file);
    try {
      const { rowsChanged } = await session.connection.run(text);
      counts.push(String(rowsChanged));
    } catch (error) {
      throw new SnowflakeError('100038', '22018', `${(error as Error).message}\n  File '${file}'`);
    }
  }
  return counts;
}

function loadText(session: Session, copy: Copy, file: string): string {
  const address = tableAddress(copy.target, scopeOf(session));
  const head = textOf(readFileSync(file));
  const delimiter = optionOf(copy, 'FIELD_DELIMITER', ',');
  const fieldCount = Math.max(copy.fieldCount, fieldsOf(head, delimiter));
  const names = Array.from({ length: fieldCount }, (_, i) => `C${i + 1}`);
  const fields = `(select ${names.map((name) => nulled(copy, name)).join(', ')} from ${readCsv(copy, file, names, delimiter)})`;
  const columns = copy.columns.length === 0 ? '' : `(${copy.columns.join(', ')})`;
  return `insert into ${address} ${columns} select ${(copy.select ?? names.map((name) => `"${name}"`)).join(', ')} from ${fields}`;
}

/** How many fields the first line has. */
function fieldsOf(text: string, delimiter: string): number {
  let count = 1;
  let isQuoted = false;
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (letter === '\n' && !isQuoted) break;
    else if (letter === delimiter && !isQuoted) count += 1;
  }
  return count;
}

/** Texts of NULL_IF are null, quoted or not. */
function nulled({ format }: Copy, name: string): string {
  const texts = format.get('NULL_IF') ?? '\\N';
  const value = [texts].flat().reduce((inner, text) => `nullif(${inner}, ${quoteText(text)})`, `"${name}"`);
  return `${value} as "${name}"`;
}

const optionOf = ({ format }: Copy, name: string, otherwise: string) => {
  const value = format.get(name);
  return typeof value === 'string' && value !== 'NONE' ? value : otherwise;
};

/** The forms that DuckDB casts by itself. */
const DATE_FORMATS = { DATE_FORMAT: 'YYYY-MM-DD', TIMESTAMP_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF' };

function readCsv(copy: Copy, file: string, names: readonly string[], delimiter: string): string {
  const { format } = copy;
  if (format.get('TYPE') !== 'CSV') throw unsupported(`FILE_FORMAT TYPE ${String(format.get('TYPE'))}`);
  if (format.get('ESCAPE_UNENCLOSED_FIELD') !== 'NONE')
    throw unsupported('backslashes in fields: say ESCAPE_UNENCLOSED_FIELD = NONE');
  for (const [name, known] of Object.entries(DATE_FORMATS)) {
    const value = format.get(name);
    if (value !== undefined && value !== known) throw unsupported(`FILE_FORMAT ${name} ${String(value)}`);
  }
  const quote = optionOf(copy, 'FIELD_OPTIONALLY_ENCLOSED_BY', '');
  const emptyIsNull = format.get('EMPTY_FIELD_AS_NULL') !== 'FALSE';
  const options = [
    'auto_detect = false',
    `columns = {${names.map((name) => `'${name}': 'VARCHAR'`).join(', ')}}`,
    'header = false',
    `skip = ${optionOf(copy, 'SKIP_HEADER', '0')}`,
    `delim = ${quoteText(delimiter)}`,
    `quote = ${quoteText(quote)}`,
    `escape = ${quoteText(quote)}`,
    `nullstr = ${quoteText(emptyIsNull ? '' : '\0')}`,
    'allow_quoted_nulls = false',
    'strict_mode = true',
    'parallel = false',
    `compression = ${file.endsWith('.gz') ? "'gzip'" : "'none'"}`,
    'max_line_size = 33554432',
  ];
  return `read_csv(${quoteText(file)}, ${options.join(', ')})`;
}
