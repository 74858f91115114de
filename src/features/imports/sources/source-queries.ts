import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { ReadySource } from './source.ts';
import type { Readable } from './source-model.ts';

const { quote: quoteName, literal } = duckdbDialect;

/**
 * A file under its source's name: a table when it `isKept`, else a view that is kept nowhere and read by the one statement
 * that names it. Text and JSON with every column text, Parquet as it is typed. It must be sound (source.ts): the reader is told everything, guesses nothing and
 * stops at what it does not expect. Empty fields and null texts are null, quoted or not. One thread when anything is
 * quoted: DuckDB 1.5.5 reads quoted fields wrongly in parallel, without an error.
 */
export function readSource(ready: ReadySource, isKept: boolean, maxBytes: number): string {
  const { source, readable } = ready;
  const call =
    readable.kind === 'parquet' ? `read_parquet(${pathText(readable.path)})` : readCsv(ready, readable, maxBytes);
  return `create temp ${kindOf(isKept)} ${quoteName(source.name)} as\nselect *\nfrom ${call}`;
}

function readCsv({ source, scan }: ReadySource, csv: Extract<Readable, { kind: 'csv' }>, maxBytes: number): string {
  const columns = scan.columns.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  const options = [
    'auto_detect = false',
    `columns = {${columns}}`,
    `header = ${csv.hasHeader}`,
    `delim = ${literal(csv.delimiter)}`,
    `quote = ${literal(csv.quote)}`,
    `escape = ${literal(csv.quote)}`,
    `nullstr = [${['', ...source.nullTexts].map(literal).join(', ')}]`,
    'allow_quoted_nulls = true',
    'strict_mode = true',
    'null_padding = false',
    'ignore_errors = false',
    ...(csv.isCopy ? ["new_line = '\\n'"] : []),
    `compression = ${csv.isGzip ? "'gzip'" : "'none'"}`,
    `parallel = ${!csv.isQuoted}`,
    // A copy may quote every field, and doubles quotes within them.
    `max_line_size = ${2 * maxBytes + 3 * scan.columns.length}`,
  ];
  return `read_csv(${pathText(csv.path)}, ${options.join(', ')})`;
}

export function countSource(name: string): string {
  return `select count(*) as row_count from ${quoteName(name)}`;
}

export function dropSource(name: string, isKept: boolean): string {
  return `drop ${kindOf(isKept)} ${quoteName(name)}`;
}

function kindOf(isKept: boolean): string {
  return isKept ? 'table' : 'view';
}

/** A source that is named once is read once; a view has no row ids. */
export function mustBeKept(name: string, statements: readonly string[]): boolean {
  const text = statements.join('\n').toLowerCase();
  return /\browid\b/.test(text) || text.split(name).length > 2;
}

/** A path is a pattern to DuckDB. */
function pathText(path: string): string {
  return literal(path.replace(/[[*?]/g, '[$&]'));
}
