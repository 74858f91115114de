import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';
import type { ReadySource } from './source.ts';

const quoteName = duckdbDialect.quote;

/**
 * A file as a table of its source's name, every column text. It must be sound (csv-scan.ts): the reader is told
 * everything, guesses nothing and stops at what it does not expect. Empty fields and null texts are null, quoted or not.
 * One thread when anything is quoted: DuckDB 1.5.5 reads quoted fields wrongly in parallel, without an error.
 */
export function readSource({ source, form, scan, readable }: ReadySource, maxBytes: number): string {
  const columns = scan.columns.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const options = [
    'auto_detect = false',
    `columns = {${columns}}`,
    `header = ${!readable.isCopy && source.columns === undefined}`,
    `delim = ${quoteText(form.delimiter)}`,
    `quote = ${quoteText(form.quote)}`,
    `escape = ${quoteText(form.quote)}`,
    `nullstr = [${['', ...source.nullTexts].map(quoteText).join(', ')}]`,
    'allow_quoted_nulls = true',
    'strict_mode = true',
    'null_padding = false',
    'ignore_errors = false',
    ...(readable.isCopy ? ["new_line = '\\n'"] : []),
    `compression = ${readable.isGzip ? "'gzip'" : "'none'"}`,
    `parallel = ${!scan.isQuoted}`,
    `max_line_size = ${2 * maxBytes}`,
  ];
  // A path is a pattern to DuckDB.
  const path = quoteText(readable.path.replace(/[[*?]/g, '[$&]'));
  return `create temp table ${quoteName(source.name)} as\nselect *\nfrom read_csv(${path}, ${options.join(', ')})`;
}

export function countSource(name: string): string {
  return `select count(*) as row_count from ${quoteName(name)}`;
}

export function dropSource(name: string): string {
  return `drop table ${quoteName(name)}`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
