import { duckdbDialect } from '../sql/duckdb-dialect.ts';

const { literal } = duckdbDialect;

/** The table function that reads each kind of file; the first line of a CSV file is its header. */
const FORMATS: readonly (readonly [RegExp, (path: string, delimiter: string | undefined) => string])[] = [
  [
    /\.csv(\.gz)?$/i,
    (path, delimiter) =>
      `read_csv(${path}, header = true${delimiter === undefined ? '' : `, delim = ${literal(delimiter)}`})`,
  ],
  [/\.parquet$/i, (path) => `read_parquet(${path})`],
  [/\.json$/i, (path) => `read_json(${path})`],
  [/\.ndjson$/i, (path) => `read_json(${path}, format = 'newline_delimited')`],
];

export function isKnownFormat(file: string): boolean {
  return FORMATS.some(([pattern]) => pattern.test(file));
}

/** The table function that reads a file, by the end of its name. Throws RangeError for a name that no format has. */
export function fileScan(file: string, delimiter: string | undefined): string {
  const format = FORMATS.find(([pattern]) => pattern.test(file));
  if (format === undefined) throw new RangeError(`no format ends like ${JSON.stringify(file)}`);
  return format[1](literal(file), delimiter);
}
