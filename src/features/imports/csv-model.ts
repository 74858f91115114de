/** Why a record of a file is no row. */
export const CSV_PROBLEMS = {
  'csv.quote': 'a quoted field that does not end, or goes on after its closing quote',
  'csv.too_long': 'a record longer than IMPORT_RECORD_BYTES',
  'csv.encoding': 'bytes that are not UTF-8',
  'csv.columns': 'more or fewer fields than the file has columns',
} as const;
export type CsvProblem = keyof typeof CSV_PROBLEMS;

export type ScanOptions = {
  readonly delimiter: string;
  readonly quote: string;
  /** Names of the columns of a file without a header line. */
  readonly columns: readonly string[] | undefined;
  readonly maxBytes: number;
  /** Rejected records that are kept per reason. */
  readonly samples: number;
};

export type CsvSample = { readonly line: number; readonly text: string };
export type CsvScan = {
  readonly columns: readonly string[];
  /** Sound records, the header line left out. */
  read: number;
  blankLines: number;
  readonly rejects: Map<CsvProblem, { rows: number; samples: CsvSample[] }>;
  /** Whether any field is quoted. */
  isQuoted: boolean;
  /** Whether another reader would take the file as it is: sound records only, one kind of line end, nothing unusual. */
  isPlain: boolean;
};

/** Takes a sound record: bytes[from, end) without its line end. */
export type OnRecord = (bytes: Buffer, from: number, end: number, hasStrayQuote: boolean) => void;
