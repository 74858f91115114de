import type { Sql } from './sql.ts';

export type RowsColumn = { readonly name: string; readonly type: string };

/** `bits` bits, 31 at most, from bit `from` on, the lowest being 0; all bits of `where` have to be set. */
export type PackedPart = { readonly from: number; readonly bits: number; readonly where: number };

/** How an engine spells the few things that the engines spell differently. A member that one analysis alone uses is a sign to rewrite the analysis. */
export type Dialect = {
  readonly engine: 'duckdb' | 'snowflake';
  /**
   * How rows whose keys were found to be free come in. `returning`: an insert that can hand them back as they are stored.
   * `merge`: others write to the table too, so that a row goes in only where its key still is free, and the number of
   * rows says how many did.
   */
  readonly insertion: 'returning' | 'merge';
  /** A name of the user's, exactly as it is stored. */
  quote(name: string): string;
  /** A name of ours as the engine stores it when it is written unquoted. */
  fold(name: string): string;
  /** A name of ours, quoted: the same thing as when it is written unquoted. */
  name(name: string): string;
  /** A text as a literal. */
  literal(text: string): string;
  /** A table over one bound JSON array of texts: one column `id`, in no order. The text of the statement does not depend on the ids. */
  idList(ids: readonly string[]): Sql;
  /** A table over one bound JSON array of rows, each an array of texts or nulls: those columns of those types, in no order. */
  rows(columns: readonly RowsColumn[], json: string): Sql;
  /** Case-insensitive containment of a bound text, with no pattern characters. */
  contains(column: Sql, text: string): Sql;
  /** How many different values a group has among the rows of which `where` holds, null left out; for many groups of few rows each. */
  countDistinct(value: Sql, where?: Sql): Sql;
  /**
   * How many different numbers stand in some bits of packed whole numbers, among the rows of a group in which the bits of
   * `where` are set. The packed numbers of a group are gathered once, however many such counts are asked.
   */
  countPacked(packed: Sql, part: PackedPart): Sql;
  /** A double with NaN and the infinities as null, which is how answers show them. */
  finite(column: Sql): Sql;
};
