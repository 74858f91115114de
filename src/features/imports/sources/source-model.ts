import type { SourceEncoding, SourceFormat } from '../../../data/catalog/import-plan.ts';

/** Why a record of a file is no row. */
export const SOURCE_PROBLEMS = {
  'csv.quote': 'a quoted field that does not end, or goes on after its closing quote',
  'csv.too_long': 'a record longer than IMPORT_RECORD_BYTES',
  'csv.encoding': 'bytes that are no text in the encoding of the file',
  'csv.columns': 'more or fewer fields than the file has columns',
  'json.syntax': 'no JSON',
  'json.not_an_object': 'JSON, but no object',
  'json.too_long': 'a record longer than IMPORT_RECORD_BYTES',
  'json.encoding': 'bytes or escapes that are no text in the encoding of the file',
  'json.duplicate_key': 'an object with one key twice; keys that differ in case alone are one',
  'json.key': 'a key that cannot name a column: longer than 1,000 characters, or with a NUL character',
} as const;
export type SourceProblem = keyof typeof SOURCE_PROBLEMS;

/** Most columns of a text file: a wider one is no table of customers, and may be an attack. */
export const MAX_COLUMNS = 1000;

export type Sample = { readonly line: number; readonly text: string };
export type Rejects = ReadonlyMap<SourceProblem, { readonly rows: number; readonly samples: readonly Sample[] }>;

/** A record that is no row: the line on which it starts and its text, cut at IMPORT_RECORD_BYTES alone. */
export type Reject = { readonly line: number; readonly reason: SourceProblem; readonly text: string };
export type OnReject = (reject: Reject) => void;

/** What was found in a file. */
export type SourceScan = {
  readonly columns: readonly string[];
  /** Sound records, the header line left out. */
  readonly read: number;
  readonly blankLines: number;
  readonly rejects: Rejects;
};

/** How a file is written. Null is what does not apply. */
export type SourceForm = {
  readonly format: SourceFormat;
  readonly encoding: SourceEncoding | null;
  readonly compression: 'gzip' | null;
  readonly delimiter: string | null;
  readonly quote: string | null;
  /** What the catalog does not say: it was told by the content. */
  readonly detected: readonly FormField[];
};
export type FormField = 'format' | 'encoding' | 'compression' | 'delimiter' | 'quote';

/** A file that the warehouse can read without judging it. */
export type Readable =
  | {
      readonly kind: 'csv';
      readonly path: string;
      readonly isGzip: boolean;
      readonly hasHeader: boolean;
      /** Whether any field is quoted. */
      readonly isQuoted: boolean;
      /** Whether we wrote it: every line ends with a line feed. */
      readonly isCopy: boolean;
      readonly delimiter: string;
      readonly quote: string;
    }
  | { readonly kind: 'parquet'; readonly path: string };
