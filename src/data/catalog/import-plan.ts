import type { CoreTableName } from './model.ts';
import type { ManagedAttribute } from './ddl.ts';

/** The `imports:` section of a catalog, checked: how files become rows of managed tables. */
export type ImportPlan = {
  /** Path of the catalog file. */
  readonly file: string;
  /** The catalog that is kept beside the data and served after the import; empty when that of before stays. */
  readonly text: string;
  readonly sources: readonly ImportSource[];
  /** In the order customers, products, customer_products. */
  readonly tables: readonly TableImport[];
};

export const SOURCE_FORMATS = Object.freeze(['csv', 'json', 'ndjson', 'parquet'] as const);
export type SourceFormat = (typeof SOURCE_FORMATS)[number];
export const SOURCE_ENCODINGS = Object.freeze(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const);
export type SourceEncoding = (typeof SOURCE_ENCODINGS)[number];

/**
 * A file that the import's SQL reads as a table of this name. Every column is text and an empty one null, but for
 * Parquet, whose columns have types. What is undefined is detected.
 */
export type ImportSource = {
  readonly name: string;
  /** Relative to the folder given with --data, else to the catalog file. */
  readonly file: string;
  readonly format?: SourceFormat | undefined;
  readonly encoding?: SourceEncoding | undefined;
  readonly delimiter: string | undefined;
  readonly quote: string | undefined;
  /** Texts that mean null besides the empty field. */
  readonly nullTexts: readonly string[];
  /** Names of the columns, for CSV without a header line; for JSON those that exist whatever its keys are. */
  readonly columns: readonly string[] | undefined;
};

/** replace: the table holds these rows and no others; append: they join those that are stored; upsert: they join them, and replace those with the same id. */
export const IMPORT_MODES = Object.freeze(['replace', 'append', 'upsert'] as const);
export type ImportMode = (typeof IMPORT_MODES)[number];
/** abort: one rejected row stops the whole import; reject: it is left out, counted and shown. */
export const ON_REJECT = Object.freeze(['reject', 'abort'] as const);
export type OnReject = (typeof ON_REJECT)[number];
/** Of a relationship without its customer or product. reject: it is rejected; placeholder: a row that holds nothing but the missing id is stored too. */
export const ON_MISSING_REFERENCE = Object.freeze(['reject', 'placeholder'] as const);
export type OnMissingReference = (typeof ON_MISSING_REFERENCE)[number];

/** What is said for one run: it wins over what the catalog says, in every table where it can apply. */
export type ImportOverrides = {
  readonly onReject?: OnReject | undefined;
  readonly onMissingReference?: OnMissingReference | undefined;
  readonly mode?: ImportMode | undefined;
};

export type TableImport = {
  readonly table: CoreTableName;
  readonly attributes: readonly ManagedAttribute[];
  /** A select over the sources. Its columns are those of the table (and attributes by their own names); further ones can be used in filters. */
  readonly sql: string;
  /** Rows that the mapping leaves out on purpose, counted by the first reason that holds. `where` is an SQL condition over the columns of `sql`. */
  readonly filters: readonly { readonly reason: string; readonly where: string }[];
  /** Columns that identify a row; a later row with the same key is rejected. */
  readonly key: readonly string[];
  readonly onReject: OnReject;
  readonly mode: ImportMode;
  /** Of customer_products; reject for the others, which refer to nothing. */
  readonly onMissingReference: OnMissingReference;
  /** Column of `sql` that says how many lines of the source a row stands for. */
  readonly sourceLines: string | undefined;
  /** The one source whose rows `sql` gives in their order: its columns are matched leniently (direct-mapping.ts). */
  readonly source?: string | undefined;
  /** `sql` is a statement of the warehouse that is served, and not over sources. */
  readonly isOfWarehouse?: boolean | undefined;
};
