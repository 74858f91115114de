import type { CoreTableName } from './model.ts';
import type { ManagedAttribute } from './ddl.ts';

/** The `imports:` section of a catalog, checked: how files become rows of managed tables. */
export type ImportPlan = {
  /** Path of the catalog file; its text is kept beside the data after the first import. */
  readonly file: string;
  readonly text: string;
  readonly sources: readonly ImportSource[];
  /** In the order customers, products, customer_products. */
  readonly tables: readonly TableImport[];
};

/** A CSV or CSV.gz file that the import's SQL reads as a table of this name, every column text, empty fields null. */
export type ImportSource = {
  readonly name: string;
  /** Relative to the folder given with --data, else to the catalog file. */
  readonly file: string;
  readonly delimiter: string | undefined;
  readonly quote: string | undefined;
  /** Texts that mean null besides the empty field. */
  readonly nullTexts: readonly string[];
  /** Names of the columns, for files without a header line. */
  readonly columns: readonly string[] | undefined;
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
  /** abort: one rejected row stops the whole import; reject: it is left out, counted and shown. */
  readonly onReject: 'abort' | 'reject';
};
